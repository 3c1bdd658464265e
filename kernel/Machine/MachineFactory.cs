// SPDX-License-Identifier: MIT
namespace Hypervisor.Machine;

/// <summary>
/// What the supervisor has done with a slot's VM: built, let run, taken apart. A test has VMs of its own.
/// </summary>
public abstract class MachineFactory
{
    /// <summary>Builds; false where it could not, with the reason in the log and nothing left behind.</summary>
    public abstract bool TryBuild(MachineSlot slot);

    /// <summary>Lets the VM that was built run; at first it is paused where the slot wants that.</summary>
    public abstract void Launch(MachineSlot slot);

    /// <summary>Gives back what a VM had whose vCPUs will never run again.</summary>
    public abstract void Reap(MachineSlot slot);
}

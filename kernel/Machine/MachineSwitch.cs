// SPDX-License-Identifier: MIT
using Hypervisor.Devices;

namespace Hypervisor.Machine;

/// <summary>The power and reset wires of one VM: from its chipset to its slot.</summary>
internal sealed class MachineSwitch : MachineControl
{
    private readonly MachineSlot _slot;

    public MachineSwitch(MachineSlot slot)
    {
        _slot = slot;
    }

    public override void PowerOff() => _slot.End(MachineEvents.PoweredOff);

    public override void Reset() => _slot.End(MachineEvents.ResetAsked);
}

// SPDX-License-Identifier: MIT
using System.Threading;

namespace Hypervisor.Memory;

/// <summary>
/// Whether a VM is still to be served: one per VM slot, so that it outlives the VM and can be asked at any time.
/// </summary>
public sealed class VmLife
{
    private int _dying;
    private uint _generation;

    /// <summary>
    /// True from the moment the VM faulted or was told to stop: nobody waits for one of its locks any more.
    /// </summary>
    public bool IsDying => Volatile.Read(ref _dying) != 0;

    /// <summary>Counts the VMs that have had this slot: together with the slot it names one VM for good.</summary>
    public uint Generation => Volatile.Read(ref _generation);

    /// <summary>The VM is going down.</summary>
    public void BeginDying() => Volatile.Write(ref _dying, 1);

    /// <summary>The slot is taken by a new VM.</summary>
    public void Begin() => Volatile.Write(ref _dying, 0);

    /// <summary>The VM is gone: whoever still names it finds nobody.</summary>
    public void End()
    {
        Volatile.Write(ref _dying, 1);
        _ = Interlocked.Increment(ref _generation);
    }
}

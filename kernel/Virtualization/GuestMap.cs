// SPDX-License-Identifier: MIT
using System.Threading;
using Hypervisor.Memory;

namespace Hypervisor.Virtualization;

/// <summary>
/// A guest's physical address space as the processor walks it. This is the only way to change one. Changes are made by
/// one processor at a time (the VM's owner sees to that); guests may run meanwhile.
/// </summary>
public abstract class GuestMap
{
    /// <summary>Bytes of the smallest page.</summary>
    public const ulong PageSize = 4096;

    private int _generation = 1;

    /// <summary>
    /// Goes up with every change that a processor could have a stale copy of. A vCPU compares it at entry and flushes;
    /// a frame is used again only when all of the VM's vCPUs have acknowledged a generation after the change.
    /// </summary>
    public int Generation => Volatile.Read(ref _generation);

    /// <summary>The root table: what nCR3 or the EPT pointer is made of.</summary>
    public abstract HostPhysical Root { get; }

    /// <summary>
    /// Maps [start, start + length) to the frames from <paramref name="frame"/> on, with the largest pages that both
    /// addresses allow. All three are whole pages, and nothing is mapped there yet. False where no frame is left for a
    /// table; what was mapped by then stays.
    /// </summary>
    public abstract bool Map(GuestPhysical start, HostPhysical frame, ulong length, GuestAccess access);

    /// <summary>
    /// Maps one zeroed page that belongs to the map itself and goes with it. At most one; false where memory has run
    /// out.
    /// </summary>
    public abstract bool TryAddPage(GuestPhysical address, GuestAccess access);

    /// <summary>
    /// Changes what the guest may do with the pages that are mapped in [start, start + length). False where no
    /// frame is left to split a large page.
    /// </summary>
    public abstract bool Protect(GuestPhysical start, ulong length, GuestAccess access);

    /// <summary>
    /// Takes the mappings in [start, start + length) away. False where no frame is left to split a large page.
    /// </summary>
    public abstract bool Unmap(GuestPhysical start, ulong length);

    /// <summary>
    /// Where a guest-physical page lies now and what is allowed there; false where nothing is mapped.
    /// </summary>
    public abstract bool TryTranslate(GuestPhysical address, out HostPhysical frame, out GuestAccess access);

    /// <summary>Bytes mapped by pages of the given level (1: 4 KiB, 2: 2 MiB, 3: 1 GiB).</summary>
    public abstract ulong MappedAt(int level);

    /// <summary>Gives all tables back. No processor uses the map any more.</summary>
    public abstract void Free();

    /// <summary>A change that processors may have stale copies of has been made.</summary>
    protected void Advance() => _ = Interlocked.Increment(ref _generation);
}

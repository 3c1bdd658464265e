// SPDX-License-Identifier: MIT
using System.Runtime;
using System.Runtime.CompilerServices;
using Hypervisor.Runtime;

namespace Hypervisor.Memory;

/// <summary>
/// What the core library asks of the memory layer: the slow path of new, and the rule about references.
/// </summary>
internal static unsafe class RuntimeExports
{
    /// <summary>
    /// Memory for an object that does not fit into the running context's chunk: zeroed, 8-aligned, the context's chunk
    /// is moved on. Never null: without memory the context faults.
    /// </summary>
    [RuntimeExport("HvAllocate")]
    internal static byte* Allocate(nuint size)
    {
        ulong next = CurrentProcessor.AllocationNext;
        ulong limit = CurrentProcessor.AllocationLimit;
        ulong aligned = ((ulong)size + 7) & ~7UL;
        Region? region = CurrentProcessor.Region;
        ulong address = region != null && aligned >= size ? region.Allocate(aligned, ref next, ref limit) : 0;
        if (address == 0)
        {
            Fault((int)FaultKind.OutOfMemory, (nint)size);
        }

        CurrentProcessor.SetAllocation(next, limit);
        return (byte*)address;
    }

    /// <summary>
    /// Checked builds: <paramref name="value"/> is about to be stored at <paramref name="destination"/>. What lies in a
    /// VM's window may be named from that window and from stacks; everything else outlives it.
    /// </summary>
    [RuntimeExport("HvCheckStore")]
    internal static void CheckStore(nint destination, nint value)
    {
        if (!RegionRule.Allows((ulong)destination, (ulong)value))
        {
            Fault((int)FaultKind.RegionRule, value);
        }
    }

    [MethodImpl(MethodImplOptions.InternalCall)]
    [RuntimeImport("*", "HvFault")]
    private static extern void Fault(int kind, nint detail);
}

// SPDX-License-Identifier: MIT
using System.Runtime.InteropServices;

namespace Hypervisor.Runtime;

/// <summary>
/// The runtime's state of one processor; the GS base points at it. Runtime.S knows the offsets. What belongs to the
/// running context (recovery, allocation, locks, region) is saved and loaded by whoever switches stacks.
/// </summary>
[ExpectedSize(256)]
[AssemblyOffsets("CONTEXT")]
[StructLayout(LayoutKind.Explicit, Size = 256)]
public unsafe struct ProcessorContext
{
    [FieldOffset(0)]
    public ProcessorContext* Self;

    /// <summary>The innermost boundary of the running context; null where a fault is nobody's.</summary>
    [FieldOffset(8)]
    public RecoveryPoint* Recovery;

    /// <summary>The next object's address: memory from here to the limit is zero and belongs to the region.</summary>
    [FieldOffset(16)]
    public byte* AllocationNext;

    [FieldOffset(24)]
    public byte* AllocationLimit;

    /// <summary>The bits of a reference to the kernel's object for this processor, which nothing ever moves.</summary>
    [FieldOffset(32)]
    public nint Owner;

    [FieldOffset(40)]
    public int SharedLocksHeld;

    [FieldOffset(44)]
    public int InterruptDepth;

    /// <summary>The head of the list of VM-owned locks that the running context holds.</summary>
    [FieldOffset(48)]
    public nint VmLocks;

    [FieldOffset(56)]
    public nint CurrentRegion;

    /// <summary>The rank of the shared lock that was taken last; 0 where none is held.</summary>
    [FieldOffset(64)]
    public int SharedLockRank;

    /// <summary>Up to which request to forget translations this processor has followed (Memory/Tlb.cs).</summary>
    [FieldOffset(68)]
    public int TlbGeneration;

    /// <summary>1 while the running context waits for another processor: it is not stuck itself.</summary>
    [FieldOffset(72)]
    public int IsWaiting;

    /// <summary>The context of the processor that runs this.</summary>
    public static ProcessorContext* Current => RuntimeImports.CurrentContext();
}

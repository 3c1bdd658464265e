// SPDX-License-Identifier: MIT
namespace Hypervisor.Runtime;

/// <summary>The host flavour's state of one processor, which is a thread; what the kernel itself uses of it.</summary>
public unsafe struct ProcessorContext
{
    public ProcessorContext* Self;
    public byte* AllocationNext;
    public byte* AllocationLimit;
    public nint Owner;
    public int SharedLocksHeld;
    public int SharedLockRank;
    public int InterruptDepth;
    public nint VmLocks;
    public nint CurrentRegion;
    public nint StackLimit;
    public int IsWaiting;
}

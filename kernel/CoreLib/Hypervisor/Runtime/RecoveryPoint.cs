// SPDX-License-Identifier: MIT
using System.Runtime.InteropServices;

namespace Hypervisor.Runtime;

/// <summary>
/// What <see cref="FaultBoundary"/> keeps on the stack to come back to. Filled and read by Runtime.S, which knows the
/// offsets; the kernel reads it to see what was taken since the boundary was entered.
/// </summary>
[ExpectedSize(112)]
[AssemblyOffsets("RECOVERY")]
[StructLayout(LayoutKind.Explicit, Size = 112)]
public unsafe struct RecoveryPoint
{
    [FieldOffset(0)]
    public RecoveryPoint* Outer;

    [FieldOffset(8)]
    public nint StackPointer;

    [FieldOffset(16)]
    public ulong Rbx;

    [FieldOffset(24)]
    public ulong Rbp;

    [FieldOffset(32)]
    public ulong R12;

    [FieldOffset(40)]
    public ulong R13;

    [FieldOffset(48)]
    public ulong R14;

    [FieldOffset(56)]
    public ulong R15;

    [FieldOffset(64)]
    public ulong Flags;

    [FieldOffset(72)]
    public byte* AllocationNext;

    [FieldOffset(80)]
    public byte* AllocationLimit;

    [FieldOffset(88)]
    public nint CurrentRegion;

    [FieldOffset(96)]
    public nint VmLocks;

    [FieldOffset(104)]
    public int SharedLocksHeld;

    [FieldOffset(108)]
    public int InterruptDepth;
}

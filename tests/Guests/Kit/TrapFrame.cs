// SPDX-License-Identifier: MIT
using System.Runtime.InteropServices;
using Hypervisor.Runtime;

namespace Hypervisor.Guests.Kit;

/// <summary>What Traps.S leaves on the stack, lowest address first.</summary>
[AssemblyOffsets("FRAME")]
[ExpectedSize(176)]
[StructLayout(LayoutKind.Explicit, Size = 176)]
internal struct TrapFrame
{
    [FieldOffset(112)]
    internal ulong Rax;

    [FieldOffset(120)]
    internal ulong Vector;

    [FieldOffset(128)]
    internal ulong ErrorCode;

    [FieldOffset(136)]
    internal ulong Rip;

    [FieldOffset(144)]
    internal ulong Cs;

    [FieldOffset(152)]
    internal ulong Flags;

    [FieldOffset(160)]
    internal ulong Rsp;

    [FieldOffset(168)]
    internal ulong Ss;
}

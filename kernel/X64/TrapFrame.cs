// SPDX-License-Identifier: MIT
using System.Runtime.InteropServices;
using Hypervisor.Runtime;

namespace Hypervisor.X64;

/// <summary>
/// The interrupted context as Traps.S leaves it on the stack: XMM0..15, general registers, vector, error code (0 where
/// the exception has none), and what the processor pushed. Changes take effect when the handler returns.
/// </summary>
[StructLayout(LayoutKind.Explicit, Size = 432)]
[ExpectedSize(432)]
[AssemblyOffsets("TRAP")]
public struct TrapFrame
{
    /// <summary>The first of 16 registers of 16 bytes.</summary>
    [FieldOffset(0)]
    public ulong Vectors;

    [FieldOffset(256)]
    public ulong R15;

    [FieldOffset(264)]
    public ulong R14;

    [FieldOffset(272)]
    public ulong R13;

    [FieldOffset(280)]
    public ulong R12;

    [FieldOffset(288)]
    public ulong R11;

    [FieldOffset(296)]
    public ulong R10;

    [FieldOffset(304)]
    public ulong R9;

    [FieldOffset(312)]
    public ulong R8;

    [FieldOffset(320)]
    public ulong Rdi;

    [FieldOffset(328)]
    public ulong Rsi;

    [FieldOffset(336)]
    public ulong Rbp;

    [FieldOffset(344)]
    public ulong Rbx;

    [FieldOffset(352)]
    public ulong Rdx;

    [FieldOffset(360)]
    public ulong Rcx;

    [FieldOffset(368)]
    public ulong Rax;

    [FieldOffset(376)]
    public ulong Vector;

    [FieldOffset(384)]
    public ulong Error;

    [FieldOffset(392)]
    public ulong Rip;

    [FieldOffset(400)]
    public ulong Cs;

    [FieldOffset(408)]
    public ulong Rflags;

    [FieldOffset(416)]
    public ulong Rsp;

    [FieldOffset(424)]
    public ulong Ss;
}

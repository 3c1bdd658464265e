// SPDX-License-Identifier: MIT
using System.Runtime.InteropServices;
using Hypervisor.Runtime;

namespace Hypervisor.Guests.Kit;

/// <summary>The registers that a piece of machine code starts with, and those that it ends with.</summary>
[AssemblyOffsets("REGISTERS")]
[ExpectedSize(136)]
[StructLayout(LayoutKind.Explicit, Size = 136)]
internal struct RegisterFile
{
    [FieldOffset(0)]
    internal ulong Rax;

    [FieldOffset(8)]
    internal ulong Rcx;

    [FieldOffset(16)]
    internal ulong Rdx;

    [FieldOffset(24)]
    internal ulong Rbx;

    [FieldOffset(32)]
    internal ulong Rbp;

    [FieldOffset(40)]
    internal ulong Rsi;

    [FieldOffset(48)]
    internal ulong Rdi;

    [FieldOffset(56)]
    internal ulong R8;

    [FieldOffset(64)]
    internal ulong R9;

    [FieldOffset(72)]
    internal ulong R10;

    [FieldOffset(80)]
    internal ulong R11;

    [FieldOffset(88)]
    internal ulong R12;

    [FieldOffset(96)]
    internal ulong R13;

    [FieldOffset(104)]
    internal ulong R14;

    [FieldOffset(112)]
    internal ulong R15;

    [FieldOffset(120)]
    internal ulong Flags;

    /// <summary>Where the code starts.</summary>
    [FieldOffset(128)]
    internal ulong Code;
}

// SPDX-License-Identifier: MIT
using System.Runtime.InteropServices;
using Hypervisor.Runtime;
using Hypervisor.X64;

namespace Hypervisor.Virtualization;

/// <summary>
/// The guest's registers that the entry code loads and stores itself at every entry and exit; everything that an
/// exit's handler touches is here, whatever the vendor keeps elsewhere. The entry code knows the offsets.
/// </summary>
[AssemblyOffsets("GUEST")]
[ExpectedSize(400)]
[StructLayout(LayoutKind.Explicit, Size = 400)]
public struct GuestRegisters
{
    /// <summary>The general registers by number; RSP is number 4.</summary>
    [FieldOffset(0)]
    public GeneralRegisters General;

    [FieldOffset(128)]
    public ulong Rip;

    [FieldOffset(136)]
    public ulong Rflags;

    /// <summary>
    /// XMM0-15, of which entry and exit keep XMM0, XMM1 and XMM8 current, the only part of the floating-point state
    /// that the hypervisor's own code can change; the others are here after <see cref="VectorState.Store"/>.
    /// </summary>
    [FieldOffset(144)]
    public VectorRegisters Vector;

    [FieldOffset(0)]
    public ulong Rax;

    [FieldOffset(8)]
    public ulong Rcx;

    [FieldOffset(16)]
    public ulong Rdx;

    [FieldOffset(24)]
    public ulong Rbx;

    [FieldOffset(32)]
    public ulong Rsp;

    [FieldOffset(40)]
    public ulong Rbp;

    [FieldOffset(48)]
    public ulong Rsi;

    [FieldOffset(56)]
    public ulong Rdi;
}

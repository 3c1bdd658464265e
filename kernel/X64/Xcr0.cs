// SPDX-License-Identifier: MIT
namespace Hypervisor.X64;

/// <summary>Extended control register 0: the state components that XSAVE handles. SDM 1, 13.3.</summary>
[Register(typeof(ulong))]
public readonly partial struct Xcr0
{
    [Bit(0)]
    public partial bool X87 { get; init; }

    [Bit(1)]
    public partial bool Sse { get; init; }

    [Bit(2)]
    public partial bool Avx { get; init; }

    [Bits(4, 3)]
    public partial byte Mpx { get; init; }

    [Bits(7, 5)]
    public partial byte Avx512 { get; init; }

    [Bit(9)]
    public partial bool ProtectionKeys { get; init; }

    [Bits(18, 17)]
    public partial byte Tiles { get; init; }
}

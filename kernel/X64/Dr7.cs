// SPDX-License-Identifier: MIT
namespace Hypervisor.X64;

/// <summary>Debug register 7: which breakpoints are on. SDM 3B, 17.2.4.</summary>
[Register(typeof(ulong))]
public readonly partial struct Dr7
{
    /// <summary>The value after reset: nothing armed.</summary>
    public const ulong ResetValue = 0x400;

    /// <summary>Two bits for each breakpoint: local, global.</summary>
    [Bits(7, 0)]
    public partial byte Enables { get; init; }

    [Bit(8)]
    public partial bool LocalExact { get; init; }

    [Bit(9)]
    public partial bool GlobalExact { get; init; }

    [Bit(10)]
    public partial bool AlwaysOne { get; init; }

    [Bit(11)]
    public partial bool RestrictedTransaction { get; init; }

    [Bit(13)]
    public partial bool GeneralDetect { get; init; }

    /// <summary>Four bits for each breakpoint: condition and length.</summary>
    [Bits(31, 16)]
    public partial ushort Conditions { get; init; }
}

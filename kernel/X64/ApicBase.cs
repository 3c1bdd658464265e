// SPDX-License-Identifier: MIT
namespace Hypervisor.X64;

/// <summary>IA32_APIC_BASE: where and in which mode the local APIC is. SDM 3A, 10.4.4.</summary>
[Register(typeof(ulong))]
public readonly partial struct ApicBase
{
    /// <summary>Where the page of registers is after power-on.</summary>
    public const ulong ResetAddress = 0xFEE0_0000;

    [Bit(8)]
    public partial bool IsBootProcessor { get; init; }

    [Bit(10)]
    public partial bool X2ApicEnable { get; init; }

    [Bit(11)]
    public partial bool Enable { get; init; }

    /// <summary>The number of the 4 KiB frame of its registers.</summary>
    [Bits(51, 12)]
    public partial ulong Frame { get; init; }
}

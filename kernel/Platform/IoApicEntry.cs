// SPDX-License-Identifier: MIT
using Hypervisor.X64;

namespace Hypervisor.Platform;

/// <summary>A redirection entry: which message an input of an IOAPIC sends (Intel 82093AA data sheet, 3.2.4).</summary>
[Register(typeof(ulong))]
public readonly partial struct IoApicEntry
{
    [Bits(7, 0)]
    public partial byte Vector { get; init; }

    /// <summary>The message's kind: 0 is an interrupt with the vector, 4 an NMI.</summary>
    [Bits(10, 8)]
    public partial byte Delivery { get; init; }

    [Bit(13)]
    public partial bool IsActiveLow { get; init; }

    [Bit(15)]
    public partial bool IsLevelTriggered { get; init; }

    [Bit(16)]
    public partial bool IsMasked { get; init; }

    /// <summary>The APIC identifier of the processor that gets it, 8 bits.</summary>
    [Bits(63, 56)]
    public partial byte Destination { get; init; }

    /// <summary><see cref="Delivery"/> of an NMI, which is always edge-triggered.</summary>
    public const byte NmiDelivery = 4;

    /// <summary>An input that is not used.</summary>
    public static IoApicEntry Masked => new() { IsMasked = true };
}

// SPDX-License-Identifier: MIT
using Hypervisor.X64;

namespace Hypervisor.Drivers.Serial16550;

/// <summary>Why it interrupts. PC16550D, 8.6.</summary>
[Register(typeof(byte))]
internal readonly partial struct InterruptIdentity
{
    [Bit(0)]
    public partial bool IsIdle { get; init; }

    [Bits(3, 1)]
    public partial byte Cause { get; init; }

    [Bits(7, 6)]
    public partial byte FifosEnabled { get; init; }
}

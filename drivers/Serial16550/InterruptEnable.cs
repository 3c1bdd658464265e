// SPDX-License-Identifier: MIT
using Hypervisor.X64;

namespace Hypervisor.Drivers.Serial16550;

/// <summary>Which events interrupt. PC16550D, 8.7.</summary>
[Register(typeof(byte))]
internal readonly partial struct InterruptEnable
{
    [Bit(0)]
    public partial bool Received { get; init; }

    [Bit(1)]
    public partial bool HoldingEmpty { get; init; }

    [Bit(2)]
    public partial bool LineStatus { get; init; }

    [Bit(3)]
    public partial bool ModemStatus { get; init; }
}

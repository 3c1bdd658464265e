// SPDX-License-Identifier: MIT
using Hypervisor.X64;

namespace Hypervisor.Drivers.Serial16550;

/// <summary>Lines to the other end; Output2 lets interrupts through on a PC. PC16550D, 8.8.</summary>
[Register(typeof(byte))]
internal readonly partial struct ModemControl
{
    [Bit(0)]
    public partial bool DataTerminalReady { get; init; }

    [Bit(1)]
    public partial bool RequestToSend { get; init; }

    [Bit(2)]
    public partial bool Output1 { get; init; }

    [Bit(3)]
    public partial bool Output2 { get; init; }

    [Bit(4)]
    public partial bool Loopback { get; init; }
}

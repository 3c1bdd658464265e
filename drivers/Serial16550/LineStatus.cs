// SPDX-License-Identifier: MIT
using Hypervisor.X64;

namespace Hypervisor.Drivers.Serial16550;

/// <summary>What was received and what can be sent. PC16550D, 8.4.</summary>
[Register(typeof(byte))]
internal readonly partial struct LineStatus
{
    [Bit(0)]
    public partial bool DataReady { get; init; }

    [Bit(1)]
    public partial bool Overrun { get; init; }

    [Bit(2)]
    public partial bool ParityError { get; init; }

    [Bit(3)]
    public partial bool FramingError { get; init; }

    [Bit(4)]
    public partial bool Break { get; init; }

    [Bit(5)]
    public partial bool HoldingEmpty { get; init; }

    [Bit(6)]
    public partial bool TransmitterEmpty { get; init; }

    [Bit(7)]
    public partial bool FifoError { get; init; }
}

// SPDX-License-Identifier: MIT
namespace Hypervisor.Devices.Chipset;

/// <summary>The 16550's registers, by the names of its data sheet.</summary>
public struct Uart16550State
{
    /// <summary>Interrupt enable, line control, modem control, scratch.</summary>
    public byte Ier;
    public byte Lcr;
    public byte Mcr;
    public byte Scr;

    /// <summary>Divisor latch, low and high byte.</summary>
    public byte Dll;
    public byte Dlm;

    /// <summary>FIFO control: the enable bit and the receiver's trigger.</summary>
    public byte Fcr;

    /// <summary>Line status without the bits that are computed: overrun only.</summary>
    public byte LineErrors;

    /// <summary>Modem status, bits 3:0: what has changed since it was read.</summary>
    public byte ModemDeltas;

    /// <summary>The transmitter has become empty and nobody has looked yet.</summary>
    public bool TransmitterEmptyPending;

    /// <summary>The receiver's FIFO, oldest byte first from <see cref="ReceivedFirst"/>.</summary>
    public byte[] Received;
    public byte ReceivedFirst;
    public byte ReceivedCount;
}

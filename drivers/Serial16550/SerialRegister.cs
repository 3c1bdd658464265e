// SPDX-License-Identifier: MIT
namespace Hypervisor.Drivers.Serial16550;

/// <summary>Registers of a 16550 by their distance from its base port. PC16550D data sheet, table II.</summary>
internal enum SerialRegister : ushort
{
    /// <summary>Received byte when read, byte to send when written; low divisor byte while the latch is open.</summary>
    Data = 0,

    /// <summary>High divisor byte while the latch is open.</summary>
    InterruptEnable = 1,

    /// <summary>Interrupt identification when read, FIFO control when written.</summary>
    Fifo = 2,
    LineControl = 3,
    ModemControl = 4,
    LineStatus = 5,
    ModemStatus = 6,
    Scratch = 7,
}

// SPDX-License-Identifier: MIT
using Hypervisor.Devices.Bus;

namespace Hypervisor.Devices.Chipset;

/// <summary>One interrupt wire of the board: to an input of the PIC, a pin of the I/O APIC, or both.</summary>
internal sealed class IsaLine : InterruptLine
{
    private const int None = -1;

    private readonly Pic8259Pair _pic;
    private readonly IoApic _ioApic;
    private readonly int _irq;
    private readonly int _pin;
    private bool _asserted;

    /// <param name="irq">The PIC's input, or -1.</param>
    /// <param name="pin">The I/O APIC's pin, or -1.</param>
    public IsaLine(Pic8259Pair pic, IoApic ioApic, int irq, int pin)
    {
        _pic = pic;
        _ioApic = ioApic;
        _irq = irq;
        _pin = pin;
    }

    /// <summary>Called under the lock of the one device that drives the wire.</summary>
    public override void Set(bool asserted)
    {
        if (asserted == _asserted)
        {
            return;
        }

        _asserted = asserted;
        if (_irq != None)
        {
            _pic.SetLine(_irq, asserted);
        }

        if (_pin != None)
        {
            _ioApic.SetPin(_pin, asserted);
        }
    }
}

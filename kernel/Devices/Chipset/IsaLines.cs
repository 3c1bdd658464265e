// SPDX-License-Identifier: MIT
using Hypervisor.Devices.Bus;

namespace Hypervisor.Devices.Chipset;

/// <summary>
/// The board's interrupt wires by global system interrupt. ISA interrupts go to the PIC and to the I/O
/// APIC's pin of the same number, but the timer's: ISA 0 goes to pin 2, as the MADT says. Interrupts
/// from 16 on reach the I/O APIC only.
/// </summary>
public sealed class IsaLines
{
    private const int IsaCount = 16;
    private const int None = -1;

    private readonly InterruptLine[] _lines = new InterruptLine[PcLayout.IoApicPins];

    public IsaLines(Pic8259Pair pic, IoApic ioApic)
    {
        for (int gsi = 0; gsi < PcLayout.IoApicPins; gsi++)
        {
            int irq = gsi switch
            {
                PcLayout.TimerIrq => None,
                PcLayout.TimerGsi => PcLayout.TimerIrq,
                < IsaCount => gsi,
                _ => None,
            };
            _lines[gsi] = new IsaLine(pic, ioApic, irq, gsi);
        }
    }

    /// <summary>The wire of a global system interrupt, 0..23; each has one device that drives it.</summary>
    public InterruptLine this[int gsi] => _lines[gsi];

    /// <summary>The wire of the ISA interrupt <paramref name="irq"/>, 0..15.</summary>
    public InterruptLine OfIsa(int irq) => _lines[irq == PcLayout.TimerIrq ? PcLayout.TimerGsi : irq];
}

// SPDX-License-Identifier: MIT
namespace Hypervisor.Devices.Chipset;

/// <summary>One 8259A's registers. A bit is an input, 0..7.</summary>
public struct Pic8259State
{
    /// <summary>Levels of the input wires.</summary>
    public byte Lines;

    /// <summary>Interrupt request, in-service and interrupt mask registers.</summary>
    public byte Irr;
    public byte Isr;
    public byte Imr;

    /// <summary>Edge/level control register: 1 is level-triggered.</summary>
    public byte Elcr;

    /// <summary>ICW2: the vector of input 0.</summary>
    public byte VectorBase;

    /// <summary>The input that has the highest priority now, 0..7.</summary>
    public byte HighestPriority;

    /// <summary>Which initialization command word comes next: 0 is none, else 2, 3 or 4.</summary>
    public byte NextIcw;

    /// <summary>ICW1.IC4 and ICW1.SNGL: whether ICW4 and ICW3 are part of the sequence.</summary>
    public bool ExpectsIcw4;
    public bool IsSingle;

    /// <summary>ICW4.AEOI and ICW4.SFNM.</summary>
    public bool AutoEoi;
    public bool SpecialFullyNested;

    /// <summary>OCW2's rotation in automatic-EOI mode.</summary>
    public bool RotateOnAutoEoi;

    /// <summary>OCW3: special mask mode, ISR chosen for reading, poll command given.</summary>
    public bool SpecialMask;
    public bool ReadIsr;
    public bool Poll;
}

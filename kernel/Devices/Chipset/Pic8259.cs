// SPDX-License-Identifier: MIT
using System.Numerics;

namespace Hypervisor.Devices.Chipset;

/// <summary>One 8259A programmable interrupt controller (Intel 8259A data sheet, order number 231468).</summary>
internal sealed class Pic8259
{
    /// <summary>The master's input to which the slave's output goes.</summary>
    public const int CascadeInput = 2;
    private const int SpuriousInput = 7;

    // OCW2 commands, bits 7:5: rotate, specific, end of interrupt.
    private const int RotateInAutoEoiClear = 0b000;
    private const int NonSpecificEoi = 0b001;
    private const int SpecificEoi = 0b011;
    private const int RotateInAutoEoiSet = 0b100;
    private const int RotateOnNonSpecificEoi = 0b101;
    private const int SetPriority = 0b110;
    private const int RotateOnSpecificEoi = 0b111;

    private readonly bool _isMaster;
    private readonly byte _elcrMask;
    private Pic8259State _state;

    /// <param name="isMaster">True for the chip whose input 2 is the other's output.</param>
    /// <param name="elcrMask">
    /// The inputs that may be level-triggered (timer, keyboard, cascade and RTC may not).
    /// </param>
    public Pic8259(bool isMaster, byte elcrMask)
    {
        _isMaster = isMaster;
        _elcrMask = elcrMask;
        Reset();
    }

    public ref Pic8259State State => ref _state;

    /// <summary>True while the INT output is asserted.</summary>
    public bool Output => PendingInput >= 0;

    /// <summary>The input that an INTA cycle would take now, or -1.</summary>
    public int PendingInput
    {
        get
        {
            if (_state.NextIcw != 0)
            {
                return -1;
            }

            int requested = _state.Irr & ~_state.Imr;
            if (requested == 0)
            {
                return -1;
            }

            int inService = _state.Isr;
            if (_state.SpecialMask)
            {
                inService &= ~_state.Imr;
            }

            if (_state.SpecialFullyNested && _isMaster)
            {
                inService &= ~(1 << CascadeInput);
            }

            int priority = PriorityOf(requested);
            return priority < PriorityOf(inService) ? (priority + _state.HighestPriority) & 7 : -1;
        }
    }

    /// <summary>As firmware leaves it: every input is masked until the guest has initialized the chip.</summary>
    public void Reset()
    {
        byte lines = _state.Lines;
        _state = default;
        _state.Lines = lines;
        _state.Imr = 0xFF;
    }

    public void SetLine(int input, bool asserted)
    {
        byte bit = (byte)(1 << input);
        bool wasAsserted = (_state.Lines & bit) != 0;
        _state.Lines = (byte)(asserted ? _state.Lines | bit : _state.Lines & ~bit);
        if ((_state.Elcr & bit) != 0)
        {
            _state.Irr = (byte)((_state.Irr & ~bit) | (_state.Lines & bit));
        }
        else if (asserted && !wasAsserted)
        {
            _state.Irr |= bit;
        }
    }

    /// <summary>
    /// The slave's output on the master: a request that the slave takes back before the INTA cycle is gone, as
    /// the level has to last until then.
    /// </summary>
    public void SetCascade(bool asserted)
    {
        SetLine(CascadeInput, asserted);
        if (!asserted)
        {
            _state.Irr &= unchecked((byte)~(1 << CascadeInput));
        }
    }

    /// <summary>
    /// The vector of an input; -1, which is an interrupt that went away, gives the spurious one (input 7).
    /// </summary>
    public byte VectorOf(int input) => (byte)(_state.VectorBase + (input < 0 ? SpuriousInput : input));

    /// <summary>The INTA cycle for <paramref name="input"/>, which <see cref="PendingInput"/> named.</summary>
    public void Acknowledge(int input)
    {
        int bit = 1 << input;
        if (!_state.AutoEoi)
        {
            _state.Isr |= (byte)bit;
        }
        else if (_state.RotateOnAutoEoi)
        {
            _state.HighestPriority = (byte)((input + 1) & 7);
        }

        if ((_state.Elcr & bit) == 0)
        {
            _state.Irr &= (byte)~bit;
        }
    }

    public byte ReadCommand()
    {
        if (_state.Poll)
        {
            _state.Poll = false;
            int input = PendingInput;
            if (input < 0)
            {
                return 0;
            }

            Acknowledge(input);
            return (byte)(0x80 | input);
        }

        return _state.ReadIsr ? _state.Isr : _state.Irr;
    }

    public byte ReadMask() => _state.Imr;

    public byte ReadEdgeLevel() => _state.Elcr;

    public void WriteEdgeLevel(byte value)
    {
        _state.Elcr = (byte)(value & _elcrMask);
        _state.Irr = (byte)((_state.Irr & ~_state.Elcr) | (_state.Lines & _state.Elcr));
    }

    /// <summary>A write at A0 = 0: ICW1, OCW2 or OCW3.</summary>
    public void WriteCommand(byte value)
    {
        if ((value & 0x10) != 0)
        {
            BeginInitialization(value);
        }
        else if ((value & 0x08) != 0)
        {
            WriteOcw3(value);
        }
        else
        {
            WriteOcw2(value >> 5, value & 7);
        }
    }

    /// <summary>A write at A0 = 1: ICW2 to ICW4 within an initialization, else OCW1 (the mask).</summary>
    public void WriteData(byte value)
    {
        switch (_state.NextIcw)
        {
            case 2:
                _state.VectorBase = (byte)(value & 0xF8);
                _state.NextIcw = (byte)(!_state.IsSingle ? 3 : AfterIcw3);
                break;
            case 3:
                // How the two are wired is fixed.
                _state.NextIcw = AfterIcw3;
                break;
            case 4:
                _state.SpecialFullyNested = (value & 0x10) != 0;
                _state.AutoEoi = (value & 0x02) != 0;
                _state.NextIcw = 0;
                break;
            default:
                _state.Imr = value;
                break;
        }
    }

    private byte AfterIcw3 => (byte)(_state.ExpectsIcw4 ? 4 : 0);

    /// <summary>ICW1: the edge detectors, the mask and the modes are cleared.</summary>
    private void BeginInitialization(byte icw1)
    {
        byte lines = _state.Lines;
        byte elcr = _state.Elcr;
        byte vectorBase = _state.VectorBase;
        _state = default;
        _state.Lines = lines;
        _state.Elcr = elcr;
        _state.VectorBase = vectorBase;
        _state.Irr = (byte)(lines & elcr);
        _state.ExpectsIcw4 = (icw1 & 0x01) != 0;
        _state.IsSingle = (icw1 & 0x02) != 0;
        _state.NextIcw = 2;
    }

    private void WriteOcw2(int command, int level)
    {
        switch (command)
        {
            case RotateInAutoEoiClear:
            case RotateInAutoEoiSet:
                _state.RotateOnAutoEoi = command == RotateInAutoEoiSet;
                break;
            case NonSpecificEoi:
            case RotateOnNonSpecificEoi:
                EndHighestInService(command == RotateOnNonSpecificEoi);
                break;
            case SpecificEoi:
                _state.Isr &= (byte)~(1 << level);
                break;
            case RotateOnSpecificEoi:
                _state.Isr &= (byte)~(1 << level);
                _state.HighestPriority = (byte)((level + 1) & 7);
                break;
            case SetPriority:
                _state.HighestPriority = (byte)((level + 1) & 7);
                break;
        }
    }

    private void EndHighestInService(bool rotate)
    {
        int candidates = _state.SpecialMask ? _state.Isr & ~_state.Imr : _state.Isr;
        if (candidates == 0)
        {
            return;
        }

        int input = (PriorityOf(candidates) + _state.HighestPriority) & 7;
        _state.Isr &= (byte)~(1 << input);
        if (rotate)
        {
            _state.HighestPriority = (byte)((input + 1) & 7);
        }
    }

    private void WriteOcw3(byte value)
    {
        if ((value & 0x40) != 0)
        {
            _state.SpecialMask = (value & 0x20) != 0;
        }

        _state.Poll = (value & 0x04) != 0;
        if ((value & 0x02) != 0)
        {
            _state.ReadIsr = (value & 0x01) != 0;
        }
    }

    /// <summary>The best priority among the inputs: 0 is the highest, 8 where there is none.</summary>
    private int PriorityOf(int inputs)
    {
        int doubled = inputs | (inputs << 8);
        return BitOperations.TrailingZeroCount((doubled >> _state.HighestPriority) & 0xFF | 0x100);
    }
}

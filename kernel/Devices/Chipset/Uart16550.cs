// SPDX-License-Identifier: MIT
using System.Threading;
using Hypervisor.Devices.Backends;
using Hypervisor.Devices.Bus;

namespace Hypervisor.Devices.Chipset;

/// <summary>
/// A 16550A serial port (National Semiconductor PC16550D data sheet). What the guest sends goes to the backend at once,
/// so the transmitter is always empty; what it receives is taken from the backend as the FIFO has room.
/// </summary>
public sealed class Uart16550 : ByteDevice
{
    private const int FifoSize = 16;

    // Register offsets; 0 and 1 are the divisor latch while LCR.DLAB is set.
    private const int DataRegister = 0;
    private const int InterruptEnableRegister = 1;
    private const int InterruptIdentificationRegister = 2;
    private const int LineControlRegister = 3;
    private const int ModemControlRegister = 4;
    private const int LineStatusRegister = 5;
    private const int ModemStatusRegister = 6;

    // IER.
    private const byte EnableReceived = 0x01;
    private const byte EnableTransmitterEmpty = 0x02;
    private const byte EnableLineStatus = 0x04;
    private const byte EnableModemStatus = 0x08;
    private const byte IerWritable = 0x0F;

    // IIR, table 4 of the data sheet, in falling priority.
    private const byte LineStatusInterrupt = 0x06;
    private const byte ReceivedInterrupt = 0x04;
    private const byte TimeoutInterrupt = 0x0C;
    private const byte TransmitterEmptyInterrupt = 0x02;
    private const byte ModemStatusInterrupt = 0x00;
    private const byte NoInterrupt = 0x01;
    private const byte FifosEnabled = 0xC0;

    // FCR.
    private const byte FifoEnable = 0x01;
    private const byte ResetReceiver = 0x02;
    private const byte FcrKept = 0xC9;

    private const byte DivisorLatchAccess = 0x80;

    // MCR.
    private const byte RequestToSend = 0x02;
    private const byte DataTerminalReady = 0x01;
    private const byte Output1 = 0x04;
    private const byte Output2 = 0x08;
    private const byte Loopback = 0x10;
    private const byte McrWritable = 0x1F;

    // LSR.
    private const byte DataReady = 0x01;
    private const byte Overrun = 0x02;
    private const byte TransmitterEmpty = 0x60;

    // MSR, bits 7:4: the lines; bits 3:0: their changes, in the same order.
    private const byte ClearToSend = 0x10;
    private const byte DataSetReady = 0x20;
    private const byte RingIndicator = 0x40;
    private const byte CarrierDetect = 0x80;

    private readonly string _name;
    private readonly CharacterBackend _backend;
    private readonly InterruptLine _line;
    private Uart16550State _state;

    /// <param name="name">com1 or com2, for reports.</param>
    public Uart16550(string name, CharacterBackend backend, InterruptLine line)
    {
        _name = name;
        _backend = backend;
        _line = line;
        _state.Received = new byte[FifoSize];
        Reset();
    }

    public override string Name => _name;

    public ref Uart16550State State => ref _state;

    /// <summary>
    /// The backend's owner calls this when input has come, holding no lock that <see cref="CharacterBackend.TryRead"/>
    /// takes.
    /// </summary>
    public void InputAvailable()
    {
        Lock.Acquire();
        Refill();
        UpdateLine();
        Lock.Release();
    }

    /// <summary>Master reset, table 3 of the data sheet.</summary>
    public override void Reset()
    {
        byte[] received = _state.Received;
        _state = default;
        _state.Received = received;
        _state.Dll = 12;
        _line.Set(false);
    }

    /// <summary>
    /// The line status, which a driver reads before every byte, takes no lock while it has no errors that reading
    /// clears.
    /// </summary>
    public override ulong ReadLocked(ulong offset, int size)
    {
        if (offset != LineStatusRegister || size != 1 || Volatile.Read(ref _state.LineErrors) != 0)
        {
            return base.ReadLocked(offset, size);
        }

        return (ulong)(TransmitterEmpty | (Volatile.Read(ref _state.ReceivedCount) > 0 ? DataReady : 0));
    }

    protected override byte ReadByte(int offset)
    {
        switch (offset)
        {
            case DataRegister:
                return IsDivisorSelected ? _state.Dll : ReadReceived();
            case InterruptEnableRegister:
                return IsDivisorSelected ? _state.Dlm : _state.Ier;
            case InterruptIdentificationRegister:
                return ReadIdentification();
            case LineControlRegister:
                return _state.Lcr;
            case LineStatusRegister:
                return ReadLineStatus();
            case ModemControlRegister:
                return _state.Mcr;
            case ModemStatusRegister:
                return ReadModemStatus();
            default:
                return _state.Scr;
        }
    }

    protected override void WriteByte(int offset, byte value)
    {
        switch (offset)
        {
            case DataRegister when IsDivisorSelected:
                _state.Dll = value;
                break;
            case DataRegister:
                Transmit(value);
                break;
            case InterruptEnableRegister when IsDivisorSelected:
                _state.Dlm = value;
                break;
            case InterruptEnableRegister:
                WriteInterruptEnable((byte)(value & IerWritable));
                break;
            case InterruptIdentificationRegister:
                WriteFifoControl(value);
                break;
            case LineControlRegister:
                _state.Lcr = value;
                break;
            case ModemControlRegister:
                WriteModemControl((byte)(value & McrWritable));
                break;
            case LineStatusRegister:
            case ModemStatusRegister:
                break;
            default:
                _state.Scr = value;
                break;
        }
    }

    private bool IsDivisorSelected => (_state.Lcr & DivisorLatchAccess) != 0;

    private bool IsLoopback => (_state.Mcr & Loopback) != 0;

    private bool IsFifoEnabled => (_state.Fcr & FifoEnable) != 0;

    /// <summary>How many bytes the receiver holds: one holding register without the FIFO.</summary>
    private int ReceiverSize => IsFifoEnabled ? FifoSize : 1;

    /// <summary>FCR bits 7:6: the level that makes a received-data interrupt.</summary>
    private int TriggerLevel => !IsFifoEnabled ? 1 : (_state.Fcr >> 6) switch
    {
        0 => 1,
        1 => 4,
        2 => 8,
        _ => 14,
    };

    private byte ReadReceived()
    {
        byte value = 0;
        if (_state.ReceivedCount > 0)
        {
            value = _state.Received[_state.ReceivedFirst & (FifoSize - 1)];
            _state.ReceivedFirst = (byte)((_state.ReceivedFirst + 1) & (FifoSize - 1));
            _state.ReceivedCount--;
        }

        Refill();
        UpdateLine();
        return value;
    }

    /// <summary>
    /// Takes from the backend what the receiver has room for; in loopback the line outside is cut off.
    /// </summary>
    private void Refill()
    {
        while (!IsLoopback && _state.ReceivedCount < ReceiverSize && _backend.TryRead(out byte value))
        {
            Append(value);
        }
    }

    private void Append(byte value)
    {
        if (_state.ReceivedCount >= ReceiverSize)
        {
            _state.LineErrors |= Overrun;
            return;
        }

        _state.Received[(_state.ReceivedFirst + _state.ReceivedCount) & (FifoSize - 1)] = value;
        _state.ReceivedCount++;
    }

    private void Transmit(byte value)
    {
        if (IsLoopback)
        {
            Append(value);
        }
        else
        {
            _backend.Write(value);
        }

        // The interrupt goes away with the write and, the byte being gone at once, comes again: an edge for the PIC.
        _state.TransmitterEmptyPending = false;
        UpdateLine();
        _state.TransmitterEmptyPending = true;
        UpdateLine();
    }

    private void WriteInterruptEnable(byte value)
    {
        // Enabling the interrupt while the transmitter is empty raises it; drivers probe for that.
        if ((value & ~_state.Ier & EnableTransmitterEmpty) != 0)
        {
            _state.TransmitterEmptyPending = true;
        }

        _state.Ier = value;
        UpdateLine();
    }

    private void WriteFifoControl(byte value)
    {
        bool changed = ((value ^ _state.Fcr) & FifoEnable) != 0;
        if (changed || ((value & FifoEnable) != 0 && (value & ResetReceiver) != 0))
        {
            _state.ReceivedCount = 0;
            _state.ReceivedFirst = 0;
        }

        _state.Fcr = (value & FifoEnable) != 0 ? (byte)(value & FcrKept) : (byte)0;
        Refill();
        UpdateLine();
    }

    private void WriteModemControl(byte value)
    {
        int before = ModemLines;
        _state.Mcr = value;
        int changed = before ^ ModemLines;

        // The ring indicator's change bit reports the end of a ring only.
        if ((before & RingIndicator) == 0)
        {
            changed &= ~RingIndicator;
        }

        _state.ModemDeltas |= (byte)(changed >> 4);
        Refill();
        UpdateLine();
    }

    private byte ReadLineStatus()
    {
        byte value = (byte)(TransmitterEmpty | _state.LineErrors | (_state.ReceivedCount > 0 ? DataReady : 0));
        if (_state.LineErrors != 0)
        {
            _state.LineErrors = 0;
            UpdateLine();
        }

        return value;
    }

    private byte ReadModemStatus()
    {
        byte value = (byte)(ModemLines | _state.ModemDeltas);
        _state.ModemDeltas = 0;
        UpdateLine();
        return value;
    }

    /// <summary>MSR bits 7:4. A terminal is always there; in loopback the outputs come back as inputs.</summary>
    private int ModemLines
    {
        get
        {
            if (!IsLoopback)
            {
                return ClearToSend | DataSetReady | CarrierDetect;
            }

            int mcr = _state.Mcr;
            return ((mcr & RequestToSend) != 0 ? ClearToSend : 0)
                | ((mcr & DataTerminalReady) != 0 ? DataSetReady : 0)
                | ((mcr & Output1) != 0 ? RingIndicator : 0)
                | ((mcr & Output2) != 0 ? CarrierDetect : 0);
        }
    }

    private byte ReadIdentification()
    {
        byte source = PendingInterrupt();
        if (source == TransmitterEmptyInterrupt)
        {
            _state.TransmitterEmptyPending = false;
            UpdateLine();
        }

        return (byte)(source | (IsFifoEnabled ? FifosEnabled : 0));
    }

    private byte PendingInterrupt()
    {
        if ((_state.Ier & EnableLineStatus) != 0 && _state.LineErrors != 0)
        {
            return LineStatusInterrupt;
        }

        if ((_state.Ier & EnableReceived) != 0 && _state.ReceivedCount > 0)
        {
            // Fewer bytes than the trigger asks for: nothing more is on the line, so their time-out has passed.
            return _state.ReceivedCount >= TriggerLevel ? ReceivedInterrupt : TimeoutInterrupt;
        }

        if ((_state.Ier & EnableTransmitterEmpty) != 0 && _state.TransmitterEmptyPending)
        {
            return TransmitterEmptyInterrupt;
        }

        bool modem = (_state.Ier & EnableModemStatus) != 0 && _state.ModemDeltas != 0;
        return modem ? ModemStatusInterrupt : NoInterrupt;
    }

    /// <summary>On a PC the interrupt passes a gate that OUT2 opens; in loopback the pin OUT2 is inactive.</summary>
    private void UpdateLine()
    {
        bool gateOpen = (_state.Mcr & (Output2 | Loopback)) == Output2;
        _line.Set(gateOpen && PendingInterrupt() != NoInterrupt);
    }
}

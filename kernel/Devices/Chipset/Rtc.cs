// SPDX-License-Identifier: MIT
using System;
using Hypervisor.Devices.Bus;
using Hypervisor.Virtualization;

namespace Hypervisor.Devices.Chipset;

/// <summary>
/// The real-time clock and CMOS RAM (Motorola MC146818A data sheet), with the century byte that ACPI names. Device
/// offsets: 0 the index port, 1 the data port.
/// </summary>
public sealed partial class Rtc : ByteDevice
{
    private const int MemorySize = 128;

    // Register numbers.
    private const int Seconds = 0x00;
    private const int SecondsAlarm = 0x01;
    private const int Minutes = 0x02;
    private const int MinutesAlarm = 0x03;
    private const int Hours = 0x04;
    private const int HoursAlarm = 0x05;
    private const int DayOfWeek = 0x06;
    private const int DayOfMonth = 0x07;
    private const int Month = 0x08;
    private const int Year = 0x09;
    private const int RegisterA = 0x0A;
    private const int RegisterB = 0x0B;
    private const int RegisterC = 0x0C;
    private const int RegisterD = 0x0D;
    private const int Century = PcLayout.RtcCenturyIndex;

    // Register A.
    private const byte UpdateInProgress = 0x80;
    private const byte DividerRunning = 0x20;
    private const byte DefaultRate = 0x06;

    // Register B.
    private const byte Set = 0x80;
    private const byte Binary = 0x04;
    private const byte Hours24 = 0x02;

    // Registers B (enable) and C (flag).
    private const byte Periodic = 0x40;
    private const byte Alarm = 0x20;
    private const byte UpdateEnded = 0x10;
    private const byte AllSources = Periodic | Alarm | UpdateEnded;
    private const byte InterruptRequest = 0x80;

    private const byte ValidRamAndTime = 0x80;
    private const byte AfternoonBit = 0x80;

    private readonly VirtualClock _clock;
    private readonly InterruptLine _line;
    private readonly RtcTimer _timer;
    private RtcState _state;

    public Rtc(VirtualClock clock, InterruptLine line)
    {
        _clock = clock;
        _line = line;
        _timer = new RtcTimer(this);
        _state.Memory = new byte[MemorySize];
        _state.Memory[RegisterA] = DividerRunning | DefaultRate;
        _state.Memory[RegisterB] = Hours24;
        _state.Memory[RegisterD] = ValidRamAndTime;
        Rebase();
        Reset();
    }

    public override string Name => "rtc";

    public ref RtcState State => ref _state;

    /// <summary>The battery keeps the time and the RAM; a reset clears the interrupt enables and flags.</summary>
    public override void Reset()
    {
        _state.Memory[RegisterB] &= unchecked((byte)~AllSources);
        _state.Flags = 0;
        _clock.Cancel(_timer);
        _line.Set(false);
    }

    /// <summary>
    /// Writes a byte of the RAM as firmware does before the guest starts; time and control bytes stay.
    /// </summary>
    public void SetMemory(int index, byte value)
    {
        if (index > RegisterD && index < MemorySize)
        {
            _state.Memory[index] = value;
        }
    }

    /// <summary>A moment at which a flag may have to be raised.</summary>
    internal void Expire()
    {
        Lock.Acquire();
        UpdateInterrupts();
        Lock.Release();
    }

    protected override byte ReadByte(int offset) => offset == 0 ? (byte)0xFF : ReadRegister(_state.Index);

    protected override void WriteByte(int offset, byte value)
    {
        if (offset == 0)
        {
            _state.Index = (byte)(value & (MemorySize - 1));
        }
        else
        {
            WriteRegister(_state.Index, value);
        }
    }

    private byte ReadRegister(int index)
    {
        switch (index)
        {
            case RegisterA:
                return (byte)(_state.Memory[RegisterA] | (IsUpdating ? UpdateInProgress : 0));
            case RegisterC:
                return ReadFlags();
            case Seconds or Minutes or Hours or Century:
            case >= DayOfWeek and <= Year:
                return ReadTime(index, CalendarTime.FromUnix(CurrentSeconds));
            default:
                return _state.Memory[index & (MemorySize - 1)];
        }
    }

    private void WriteRegister(int index, byte value)
    {
        switch (index)
        {
            case RegisterA:
                CollectFlags();
                _state.Memory[RegisterA] = (byte)(value & ~UpdateInProgress);
                UpdateInterrupts();
                break;
            case RegisterB:
                CollectFlags();
                WriteControl(value);
                UpdateInterrupts();
                break;
            case RegisterC or RegisterD:
                break;
            case Seconds or Minutes or Hours or Century:
            case >= DayOfWeek and <= Year:
                WriteTime(index, value);
                break;
            default:
                _state.Memory[index & (MemorySize - 1)] = value;
                if (index is SecondsAlarm or MinutesAlarm or HoursAlarm)
                {
                    UpdateInterrupts();
                }

                break;
        }
    }

    /// <summary>SET stops the clock while the time is written; a pending update is then not flagged.</summary>
    private void WriteControl(byte value)
    {
        bool wasSet = (_state.Memory[RegisterB] & Set) != 0;
        bool isSet = (value & Set) != 0;
        if (isSet)
        {
            value &= unchecked((byte)~UpdateEnded);
        }

        if (isSet && !wasSet)
        {
            _state.StoppedAt = CurrentSeconds;
        }
        else if (!isSet && wasSet)
        {
            _state.Offset = _state.StoppedAt - HostSeconds;
        }

        _state.Memory[RegisterB] = value;
    }

    /// <summary>Reading C clears the flags and takes the interrupt back.</summary>
    private byte ReadFlags()
    {
        CollectFlags();
        byte flags = _state.Flags;
        byte requested = (flags & _state.Memory[RegisterB] & AllSources) != 0 ? InterruptRequest : (byte)0;
        _state.Flags = 0;
        UpdateInterrupts();
        return (byte)(flags | requested);
    }
}

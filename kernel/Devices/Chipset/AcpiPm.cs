// SPDX-License-Identifier: MIT
using Hypervisor.Devices.Bus;
using Hypervisor.Virtualization;

namespace Hypervisor.Devices.Chipset;

/// <summary>
/// ACPI's fixed hardware (ACPI 6.5, section 4.8): PM1 events and control, the power-management timer, one block of
/// general-purpose events. There is no SMI command port, so the machine is always in ACPI mode. Device offsets count
/// from <see cref="PcLayout.Pm1EventPort"/>.
/// </summary>
public sealed class AcpiPm : ByteDevice
{
    /// <summary>The ports from the first PM1 register to the last of the general-purpose event block.</summary>
    public const int PortCount = PcLayout.Gpe0Port + PcLayout.Gpe0Length - PcLayout.Pm1EventPort;

    /// <summary>Section 4.8.3.3, in Hz.</summary>
    public const ulong TimerFrequency = 3_579_545;

    private const int StatusOffset = 0;
    private const int EnableOffset = 2;
    private const int ControlOffset = PcLayout.Pm1ControlPort - PcLayout.Pm1EventPort;
    private const int TimerOffset = PcLayout.PmTimerPort - PcLayout.Pm1EventPort;
    private const int Gpe0StatusOffset = PcLayout.Gpe0Port - PcLayout.Pm1EventPort;
    private const int Gpe0EnableOffset = Gpe0StatusOffset + 2;

    // PM1 status and enable, tables 4.13 and 4.14.
    private const ushort TimerStatus = 1 << 0;
    private const ushort PowerButtonStatus = 1 << 8;
    private const ushort EnableBits = 0x0721;

    // PM1 control, table 4.15. SLP_EN is write-only; GBL_RLS and SCI_EN are fixed.
    private const ushort SciEnable = 1 << 0;
    private const ushort SleepTypeBits = 7 << 10;
    private const ushort SleepEnable = 1 << 13;
    private const int SleepTypeShift = 10;
    private const ushort ControlKept = 0x1C02;

    /// <summary>
    /// The timer is 32 bits wide (FADT flag TMR_VAL_EXT): its upper bit changes after this many ticks.
    /// </summary>
    private const ulong TicksPerToggle = 1ul << 31;

    private readonly VirtualClock _clock;
    private readonly InterruptLine _line;
    private readonly MachineControl _control;
    private readonly AcpiPmTimer _timer;
    private AcpiPmState _state;

    /// <param name="line">The system control interrupt, level-triggered.</param>
    public AcpiPm(VirtualClock clock, InterruptLine line, MachineControl control)
    {
        _clock = clock;
        _line = line;
        _control = control;
        _timer = new AcpiPmTimer(this);
        Reset();
    }

    public override string Name => "acpi-pm";

    public ref AcpiPmState State => ref _state;

    public override void Reset()
    {
        _clock.Cancel(_timer);
        _state = default;
        _state.Pm1Control = SciEnable;
        _state.TimerUpperBit = UpperBit;
        _line.Set(false);
    }

    /// <summary>Somebody presses the power button: the guest's system shuts down if it listens.</summary>
    public void PressPowerButton()
    {
        Lock.Acquire();
        _state.Pm1Status |= PowerButtonStatus;
        Update();
        Lock.Release();
    }

    /// <summary>Raises general-purpose event 0..15.</summary>
    public void RaiseGeneralEvent(int number)
    {
        Lock.Acquire();
        _state.Gpe0Status |= (ushort)(1 << (number & 15));
        Update();
        Lock.Release();
    }

    internal void Expire()
    {
        Lock.Acquire();
        Update();
        Lock.Release();
    }

    /// <summary>The timer is read as a whole, so that its bytes belong together.</summary>
    public override ulong Read(ulong offset, int size) =>
        offset == TimerOffset && size == PcLayout.PmTimerLength ? (uint)Ticks : base.Read(offset, size);

    protected override byte ReadByte(int offset)
    {
        if (offset is >= TimerOffset and < TimerOffset + PcLayout.PmTimerLength)
        {
            return (byte)(Ticks >> (8 * (offset - TimerOffset)));
        }

        CollectTimerStatus();
        ushort register = (offset & ~1) switch
        {
            StatusOffset => _state.Pm1Status,
            EnableOffset => _state.Pm1Enable,
            ControlOffset => _state.Pm1Control,
            Gpe0StatusOffset => _state.Gpe0Status,
            Gpe0EnableOffset => _state.Gpe0Enable,
            _ => 0,
        };
        return (byte)(register >> (8 * (offset & 1)));
    }

    protected override void WriteByte(int offset, byte value)
    {
        int shift = 8 * (offset & 1);
        ushort bits = (ushort)(value << shift);
        ushort others = (ushort)(0xFF00 >> shift);
        CollectTimerStatus();
        switch (offset & ~1)
        {
            case StatusOffset:
                _state.Pm1Status &= (ushort)~bits;
                break;
            case EnableOffset:
                _state.Pm1Enable = (ushort)((_state.Pm1Enable & others) | (bits & EnableBits));
                break;
            case ControlOffset:
                WriteControl((ushort)((_state.Pm1Control & others) | bits));
                break;
            case Gpe0StatusOffset:
                _state.Gpe0Status &= (ushort)~bits;
                break;
            case Gpe0EnableOffset:
                _state.Gpe0Enable = (ushort)((_state.Gpe0Enable & others) | bits);
                break;
        }

        Update();
    }

    private ulong Ticks => Frequency.TicksIn(_clock.Nanoseconds, TimerFrequency);

    private bool UpperBit => (Ticks / TicksPerToggle & 1) != 0;

    private void WriteControl(ushort value)
    {
        _state.Pm1Control = (ushort)((value & ControlKept) | SciEnable);
        if ((value & SleepEnable) != 0 && (value & SleepTypeBits) >> SleepTypeShift == PcLayout.SleepTypeS5)
        {
            _control.PowerOff();
        }
    }

    private void CollectTimerStatus()
    {
        bool upperBit = UpperBit;
        if (upperBit != _state.TimerUpperBit)
        {
            _state.TimerUpperBit = upperBit;
            _state.Pm1Status |= TimerStatus;
        }
    }

    private void Update()
    {
        CollectTimerStatus();
        bool requested = (_state.Pm1Status & _state.Pm1Enable) != 0 || (_state.Gpe0Status & _state.Gpe0Enable) != 0;
        _line.Set(requested);
        if ((_state.Pm1Enable & TimerStatus) != 0 && (_state.Pm1Status & TimerStatus) == 0)
        {
            ulong toggle = (Ticks / TicksPerToggle) + 1;
            _clock.Arm(_timer, Frequency.NanosecondsFor(toggle * TicksPerToggle, TimerFrequency));
        }
        else
        {
            _clock.Cancel(_timer);
        }
    }
}

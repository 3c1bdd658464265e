// SPDX-License-Identifier: MIT
namespace Hypervisor.Devices.Chipset;

/// <summary>
/// One counter of the 8254 (Intel 8254 data sheet, order number 231164). What it shows is computed from the time that
/// has passed since it was loaded, so it needs no timer of its own.
/// </summary>
internal sealed class PitChannel
{
    /// <summary>The PC's 14.31818 MHz crystal divided by 12, in Hz.</summary>
    public const ulong InputFrequency = 1_193_182;
    private const uint BinaryRange = 0x1_0000;
    private const uint DecimalRange = 10_000;

    private PitChannelState _state;

    public ref PitChannelState State => ref _state;

    /// <summary>True in the modes that start over by themselves.</summary>
    public bool IsPeriodic => _state.Mode is 2 or 3;

    public void Reset(bool gate)
    {
        _state = default;
        _state.Access = 3;
        _state.Gate = gate;
    }

    /// <summary>
    /// A control word for this counter; access 0, the latch command, is <see cref="LatchCount"/> instead.
    /// </summary>
    public void WriteControl(byte control)
    {
        int mode = (control >> 1) & 7;
        _state.Mode = (byte)(mode > 5 ? mode - 4 : mode);
        _state.IsBcd = (control & 1) != 0;
        _state.Access = (byte)((control >> 4) & 3);
        _state.Count = 0;
        _state.NextCount = 0;
        _state.EarlierPeriods = 0;
        _state.CountedBefore = 0;
        _state.IsCounting = false;
        _state.ReadHighNext = false;
        _state.WriteHighNext = false;
        _state.LatchedBytes = 0;
        _state.IsStatusLatched = false;
    }

    /// <summary>A byte of the initial count; true where the count is complete, so that the counter is loaded.</summary>
    public bool WriteCount(byte value, ulong now)
    {
        switch (_state.Access)
        {
            case 1:
                Load(value, now);
                return true;
            case 2:
                Load((uint)value << 8, now);
                return true;
            default:
                _state.WriteHighNext = !_state.WriteHighNext;
                if (_state.WriteHighNext)
                {
                    _state.WriteLow = value;
                    return false;
                }

                Load(((uint)value << 8) | _state.WriteLow, now);
                return true;
        }
    }

    /// <summary>Reads a byte: a latched status first, then a latched count, else the running count.</summary>
    public byte Read(ulong now)
    {
        if (_state.IsStatusLatched)
        {
            _state.IsStatusLatched = false;
            return _state.LatchedStatus;
        }

        if (_state.LatchedBytes > 0)
        {
            _state.LatchedBytes--;
            bool high = _state.Access == 2 || (_state.Access == 3 && _state.LatchedBytes == 0);
            return (byte)(high ? _state.LatchedCount >> 8 : _state.LatchedCount);
        }

        ushort count = CountAt(now);
        if (_state.Access != 3)
        {
            return (byte)(_state.Access == 2 ? count >> 8 : count);
        }

        _state.ReadHighNext = !_state.ReadHighNext;
        return (byte)(_state.ReadHighNext ? count : count >> 8);
    }

    /// <summary>The counter latch command: a count that is latched already stays.</summary>
    public void LatchCount(ulong now)
    {
        if (_state.LatchedBytes == 0)
        {
            _state.LatchedCount = CountAt(now);
            _state.LatchedBytes = (byte)(_state.Access == 3 ? 2 : 1);
        }
    }

    /// <summary>The read-back command's status: output, null count, access, mode, BCD.</summary>
    public void LatchStatus(ulong now)
    {
        if (!_state.IsStatusLatched)
        {
            int output = OutputAt(now) ? 0x80 : 0;
            int nullCount = _state.Count == 0 || _state.NextCount != 0 ? 0x40 : 0;
            int bcd = _state.IsBcd ? 1 : 0;
            _state.LatchedStatus = (byte)(output | nullCount | (_state.Access << 4) | (_state.Mode << 1) | bcd);
            _state.IsStatusLatched = true;
        }
    }

    /// <summary>Drives the GATE input: it stops modes 0, 2, 3 and 4 and triggers modes 1, 2, 3 and 5.</summary>
    public void SetGate(bool gate, ulong now)
    {
        if (gate == _state.Gate)
        {
            return;
        }

        Settle(now);
        _state.Gate = gate;
        if (_state.Count == 0)
        {
            return;
        }

        if (gate)
        {
            if (_state.Mode is not (0 or 4))
            {
                _state.CountedBefore = 0;
                _state.Count = _state.NextCount != 0 ? _state.NextCount : _state.Count;
                _state.NextCount = 0;
            }

            _state.StartedAt = now;
            _state.IsCounting = true;
        }
        else if (_state.Mode is not (1 or 5))
        {
            _state.CountedBefore = Ticks(now);
            _state.IsCounting = false;
        }
    }

    /// <summary>Whole periods since the counter was loaded.</summary>
    public ulong PeriodsAt(ulong now)
    {
        Settle(now);
        return _state.EarlierPeriods + (Ticks(now) / _state.Count);
    }

    /// <summary>The moment at which that many periods will have gone by; only while it counts.</summary>
    public ulong TimeOfPeriod(ulong number)
    {
        if (number <= _state.EarlierPeriods)
        {
            return _state.StartedAt;
        }

        ulong periods = number - _state.EarlierPeriods;
        ulong ticks = periods * _state.Count;
        if (_state.NextCount == 0 || ticks <= _state.NextCountAt)
        {
            return TimeOf(ticks);
        }

        ulong later = ((periods - (_state.NextCountAt / _state.Count)) * _state.NextCount) - NextPhase;
        return TimeOf(_state.NextCountAt) + Frequency.NanosecondsFor(later, InputFrequency);
    }

    /// <summary>The level of OUT.</summary>
    public bool OutputAt(ulong now)
    {
        uint count = _state.Count;
        if (count == 0)
        {
            return _state.Mode != 0;
        }

        Settle(now);
        count = _state.Count;
        ulong ticks = Ticks(now);
        return _state.Mode switch
        {
            0 => ticks >= count,
            1 => !IsTriggered || ticks >= count,
            2 => !_state.Gate || ticks % count != count - 1,
            3 => !_state.Gate || ticks % count < FirstHalf(count),
            _ => !IsTriggered || ticks != count,
        };
    }

    /// <summary>A count that takes over in the middle of mode 3's period begins with its second half.</summary>
    private uint NextPhase => _state.NextCountAt % _state.Count == 0 ? 0 : FirstHalf(_state.NextCount);

    private bool IsTriggered => _state.IsCounting || _state.CountedBefore != 0;

    private uint Range => _state.IsBcd ? DecimalRange : BinaryRange;

    private void Load(uint value, ulong now)
    {
        uint count = _state.IsBcd ? FromBcd(value) : value;
        count = count == 0 ? Range : count;
        if (IsPeriodic && _state.IsCounting)
        {
            Settle(now);
            _state.NextCount = count;
            _state.NextCountAt = EndOfPart(Ticks(now));
            return;
        }

        _state.Count = count;
        _state.NextCount = 0;
        _state.EarlierPeriods = 0;
        _state.CountedBefore = 0;
        _state.StartedAt = now;
        _state.IsCounting = _state.Gate && _state.Mode is not (1 or 5);
    }

    /// <summary>
    /// Ticks counted since the count took over, which may be a moment ahead: where it was rounded to whole nanoseconds.
    /// </summary>
    private ulong Ticks(ulong now) =>
        _state.IsCounting && now > _state.StartedAt
            ? _state.CountedBefore + Frequency.TicksIn(now - _state.StartedAt, InputFrequency)
            : _state.CountedBefore;

    private ulong TimeOf(ulong ticks) =>
        _state.StartedAt + Frequency.NanosecondsFor(ticks - _state.CountedBefore, InputFrequency);

    /// <summary>
    /// Where a new count takes over: at the end of the period in mode 2, of the half in mode 3 (data sheet, "Mode
    /// Definitions").
    /// </summary>
    private ulong EndOfPart(ulong ticks)
    {
        ulong phase = ticks % _state.Count;
        uint firstHalf = FirstHalf(_state.Count);
        return ticks - phase + (_state.Mode == 3 && phase < firstHalf ? firstHalf : _state.Count);
    }

    /// <summary>Lets the next count take over where its time has come.</summary>
    private void Settle(ulong now)
    {
        if (_state.NextCount == 0 || Ticks(now) < _state.NextCountAt)
        {
            return;
        }

        uint phase = NextPhase;
        _state.EarlierPeriods += _state.NextCountAt / _state.Count;
        _state.StartedAt = TimeOf(_state.NextCountAt);
        _state.CountedBefore = phase;
        _state.Count = _state.NextCount;
        _state.NextCount = 0;
    }

    /// <summary>What the counting element holds, as it is read: binary or BCD.</summary>
    private ushort CountAt(ulong now)
    {
        uint count = _state.Count;
        if (count == 0)
        {
            return 0;
        }

        Settle(now);
        count = _state.Count;
        ulong ticks = Ticks(now);
        uint value = _state.Mode switch
        {
            2 => count - (uint)(ticks % count),
            3 => SquareWaveCount(count, (uint)(ticks % count)),
            _ => (count + Range - (uint)(ticks % Range)) % Range,
        };
        return (ushort)(_state.IsBcd ? ToBcd(value % DecimalRange) : value);
    }

    /// <summary>Mode 3 counts down by two, once through in each half of the period.</summary>
    private static uint SquareWaveCount(uint count, uint phase)
    {
        uint firstHalf = FirstHalf(count);
        uint step = phase < firstHalf ? phase : phase - firstHalf;
        return (count & ~1u) - (2 * step);
    }

    /// <summary>Ticks for which mode 3's output is high.</summary>
    private static uint FirstHalf(uint count) => (count + 1) / 2;

    private static uint FromBcd(uint value) =>
        ((value >> 12) * 1000) + (((value >> 8) & 15) * 100) + (((value >> 4) & 15) * 10) + (value & 15);

    private static uint ToBcd(uint value) =>
        (value / 1000 << 12) | (value / 100 % 10 << 8) | (value / 10 % 10 << 4) | (value % 10);
}

// SPDX-License-Identifier: MIT
using System;

namespace Hypervisor.Devices.Chipset;

/// <content>What the clock shows and how it is set.</content>
public sealed partial class Rtc
{
    /// <summary>UIP is set this long before an update, in nanoseconds (data sheet, figure 15: 244 us).</summary>
    private const ulong UpdateWarning = 244_000;

    private bool IsStopped => (_state.Memory[RegisterB] & Set) != 0;

    /// <summary>
    /// The host's clock in whole seconds, turning over with the VM's nanoseconds; follows the
    /// host again after the VM was frozen.
    /// </summary>
    private long HostSeconds
    {
        get
        {
            ulong now = _clock.Nanoseconds;
            long seconds = SecondsAt(now);
            if (Math.Abs(seconds - (long)_clock.UnixSeconds) > 1)
            {
                Rebase();
                seconds = _state.BaseSeconds;
            }

            return seconds;
        }
    }

    private long CurrentSeconds => IsStopped ? _state.StoppedAt : HostSeconds + _state.Offset;

    /// <summary>Nanoseconds into the current second.</summary>
    private ulong SubSecond => (_clock.Nanoseconds - _state.BaseNanoseconds) % Frequency.NanosecondsPerSecond;

    private bool IsUpdating => !IsStopped && SubSecond >= Frequency.NanosecondsPerSecond - UpdateWarning;

    private long SecondsAt(ulong nanoseconds) =>
        _state.BaseSeconds + (long)((nanoseconds - _state.BaseNanoseconds) / Frequency.NanosecondsPerSecond);

    private void Rebase()
    {
        _state.BaseSeconds = (long)_clock.UnixSeconds;
        _state.BaseNanoseconds = _clock.Nanoseconds;
        _state.FlaggedUpTo = _state.BaseNanoseconds;
        _state.FlaggedUpToSecond = _state.BaseSeconds + _state.Offset;
    }

    private byte ReadTime(int index, in CalendarTime time) => index switch
    {
        Seconds => Encode(time.Second),
        Minutes => Encode(time.Minute),
        Hours => EncodeHour(time.Hour),
        DayOfWeek => Encode(time.Weekday),
        DayOfMonth => Encode(time.Day),
        Month => Encode(time.Month),
        Year => Encode(time.Year % 100),
        _ => Encode(time.Year / 100),
    };

    private void WriteTime(int index, byte value)
    {
        long current = CurrentSeconds;
        CalendarTime time = CalendarTime.FromUnix(current);
        int number = Decode(value);
        switch (index)
        {
            case Seconds:
                time.Second = number;
                break;
            case Minutes:
                time.Minute = number;
                break;
            case Hours:
                time.Hour = DecodeHour(value);
                break;
            case DayOfMonth:
                time.Day = number;
                break;
            case Month:
                time.Month = Math.Clamp(number, 1, 12);
                break;
            case Year:
                time.Year = (time.Year / 100 * 100) + (number % 100);
                break;
            case Century:
                time.Year = (number % 100 * 100) + (time.Year % 100);
                break;
            default:
                // The day of the week follows from the date.
                return;
        }

        long change = time.ToUnix() - current;
        if (IsStopped)
        {
            _state.StoppedAt += change;
        }
        else
        {
            _state.Offset += change;
            _state.FlaggedUpToSecond += change;
            UpdateInterrupts();
        }
    }

    private bool IsBinary => (_state.Memory[RegisterB] & Binary) != 0;

    private bool Is24Hours => (_state.Memory[RegisterB] & Hours24) != 0;

    private byte Encode(int number) => (byte)(IsBinary ? number : (number / 10 << 4) | (number % 10));

    private int Decode(byte value) => IsBinary ? value : ((value >> 4) * 10) + (value & 15);

    private byte EncodeHour(int hour)
    {
        if (Is24Hours)
        {
            return Encode(hour);
        }

        int shown = hour % 12 == 0 ? 12 : hour % 12;
        return (byte)(Encode(shown) | (hour >= 12 ? AfternoonBit : 0));
    }

    private int DecodeHour(byte value)
    {
        if (Is24Hours)
        {
            return Decode(value);
        }

        int hour = Decode((byte)(value & ~AfternoonBit)) % 12;
        return (value & AfternoonBit) != 0 ? hour + 12 : hour;
    }
}

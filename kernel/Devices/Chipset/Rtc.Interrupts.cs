// SPDX-License-Identifier: MIT
using System;

namespace Hypervisor.Devices.Chipset;

/// <content>The three interrupt sources. Flags are brought up to date when they are looked at or are due.</content>
public sealed partial class Rtc
{
    private const long SecondsPerDay = 86_400;
    private const ulong CrystalFrequency = 32_768;

    /// <summary>An alarm byte with both upper bits set matches every value.</summary>
    private const byte DoNotCare = 0xC0;
    private const int Any = -1;
    private const int Never = -2;

    /// <summary>Register A, bits 3:0: the period of the periodic interrupt in nanoseconds, 0 for none.</summary>
    private ulong PeriodicInterval
    {
        get
        {
            int rate = _state.Memory[RegisterA] & 0x0F;
            if (rate == 0)
            {
                return 0;
            }

            // Rates 1 and 2 are the same as 8 and 9 with the PC's crystal.
            int shift = rate <= 2 ? rate + 6 : rate - 1;
            return Frequency.NanosecondsFor(1ul << shift, CrystalFrequency);
        }
    }

    private bool IsEnabled(byte source) => (_state.Memory[RegisterB] & source) != 0;

    /// <summary>Raises the flags whose moments have passed since the last look.</summary>
    private void CollectFlags()
    {
        ulong now = _clock.Nanoseconds;
        ulong interval = PeriodicInterval;
        if (interval != 0 && now / interval != _state.FlaggedUpTo / interval)
        {
            _state.Flags |= Periodic;
        }

        _state.FlaggedUpTo = now;
        long second = CurrentSeconds;
        if (IsStopped)
        {
            _state.FlaggedUpToSecond = second;
            return;
        }

        if (second > _state.FlaggedUpToSecond)
        {
            _state.Flags |= UpdateEnded;
            if (NextAlarm(_state.FlaggedUpToSecond) <= second)
            {
                _state.Flags |= Alarm;
            }
        }

        _state.FlaggedUpToSecond = second;
    }

    /// <summary>Brings the flags, the line and the timer up to date.</summary>
    private void UpdateInterrupts()
    {
        CollectFlags();
        _line.Set((_state.Flags & _state.Memory[RegisterB] & AllSources) != 0);
        ulong due = NextMoment();
        if (due == ulong.MaxValue)
        {
            _clock.Cancel(_timer);
        }
        else
        {
            _clock.Arm(_timer, due);
        }
    }

    /// <summary>The next moment at which an enabled flag that is not raised yet will be.</summary>
    private ulong NextMoment()
    {
        ulong due = ulong.MaxValue;
        ulong now = _clock.Nanoseconds;
        ulong interval = PeriodicInterval;
        if (IsAwaited(Periodic) && interval != 0)
        {
            due = ((now / interval) + 1) * interval;
        }

        if (IsStopped)
        {
            return due;
        }

        long second = CurrentSeconds;
        ulong nextUpdate = now - SubSecond + Frequency.NanosecondsPerSecond;
        if (IsAwaited(UpdateEnded))
        {
            due = Math.Min(due, nextUpdate);
        }

        if (IsAwaited(Alarm))
        {
            ulong wait = (ulong)(NextAlarm(second) - second - 1) * Frequency.NanosecondsPerSecond;
            due = Math.Min(due, nextUpdate + wait);
        }

        return due;
    }

    private bool IsAwaited(byte source) => IsEnabled(source) && (_state.Flags & source) == 0;

    /// <summary>
    /// The first second after <paramref name="second"/> that the alarm bytes match; far away where none does.
    /// </summary>
    private long NextAlarm(long second)
    {
        int alarmHour = AlarmField(HoursAlarm, 24);
        int alarmMinute = AlarmField(MinutesAlarm, 60);
        int alarmSecond = AlarmField(SecondsAlarm, 60);
        if (alarmHour == Never || alarmMinute == Never || alarmSecond == Never)
        {
            return long.MaxValue / (long)(2 * Frequency.NanosecondsPerSecond);
        }

        long day = CalendarTime.StartOfDay(second);
        int ofDay = NextMatch((int)(second - day) + 1, alarmHour, alarmMinute, alarmSecond);
        if (ofDay == Never)
        {
            day += SecondsPerDay;
            ofDay = NextMatch(0, alarmHour, alarmMinute, alarmSecond);
        }

        return day + ofDay;
    }

    /// <summary>
    /// What an alarm byte asks for: a number below <paramref name="limit"/>, any, or one that no time has.
    /// </summary>
    private int AlarmField(int register, int limit)
    {
        byte value = _state.Memory[register];
        if ((value & DoNotCare) == DoNotCare)
        {
            return Any;
        }

        bool isHour = register == HoursAlarm;
        int number = isHour ? DecodeHour(value) : Decode(value);
        return number < limit && (isHour ? EncodeHour(number) : Encode(number)) == value ? number : Never;
    }

    /// <summary>The first second of a day at or after <paramref name="start"/> that matches; Never for none.</summary>
    private static int NextMatch(int start, int alarmHour, int alarmMinute, int alarmSecond)
    {
        int second = start % 60;
        int minute = start / 60 % 60;
        int hour = start / 3600;
        int firstMinute = Math.Max(alarmMinute, 0);
        int firstSecond = Math.Max(alarmSecond, 0);
        if (alarmSecond != Any)
        {
            minute += second > alarmSecond ? 1 : 0;
            second = alarmSecond;
        }

        if (minute == 60)
        {
            minute = 0;
            hour++;
        }

        if (alarmMinute != Any && minute != alarmMinute)
        {
            hour += minute > alarmMinute ? 1 : 0;
            minute = alarmMinute;
            second = firstSecond;
        }

        if (alarmHour != Any && hour != alarmHour)
        {
            if (hour > alarmHour)
            {
                return Never;
            }

            hour = alarmHour;
            minute = firstMinute;
            second = firstSecond;
        }

        return hour < 24 ? (hour * 3600) + (minute * 60) + second : Never;
    }
}

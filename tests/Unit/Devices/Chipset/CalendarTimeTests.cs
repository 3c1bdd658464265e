// SPDX-License-Identifier: MIT
using System;
using FsCheck;
using FsCheck.Fluent;
using Hypervisor.Devices.Chipset;
using Xunit;

namespace Hypervisor.Unit.Devices.Chipset;

public sealed class CalendarTimeTests
{
    [Fact]
    public void Calendar_AgreesWithTheFrameworks()
    {
        Prop.ForAll<int, int>((high, low) =>
        {
            long seconds = ((long)high * 100) + (low % 100);
            DateTimeOffset expected = DateTimeOffset.FromUnixTimeSeconds(seconds);
            CalendarTime time = CalendarTime.FromUnix(seconds);
            return time.Year == expected.Year
                && time.Month == expected.Month
                && time.Day == expected.Day
                && time.Hour == expected.Hour
                && time.Minute == expected.Minute
                && time.Second == expected.Second
                && time.Weekday == (int)expected.DayOfWeek + 1
                && time.ToUnix() == seconds;
        }).QuickCheckThrowOnFailure();
    }
}

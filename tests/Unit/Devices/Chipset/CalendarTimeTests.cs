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
        // From the year 2 to the year 8773, as far as both go.
        Arbitrary<int> hundreds = Gen.Choose(-621_000_000, 2_147_000_000).ToArbitrary();
        Prop.ForAll(hundreds, Gen.Choose(0, 99).ToArbitrary(), static (high, low) =>
        {
            long seconds = ((long)high * 100) + low;
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

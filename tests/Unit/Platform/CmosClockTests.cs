// SPDX-License-Identifier: MIT
using System;
using Hypervisor.Platform;
using Xunit;

namespace Hypervisor.Unit.Platform;

public sealed class CmosClockTests
{
    private const byte Binary24 = 0x06;
    private const byte Decimal24 = 0x02;
    private const byte Decimal12 = 0x00;

    [Fact]
    public void EveryDayOfACentury_AgreesWithTheCalendar()
    {
        var day = new DateTime(2000, 1, 1, 13, 14, 15, DateTimeKind.Utc);
        while (day.Year < 2100)
        {
            byte[] fields = [15, 14, 13, (byte)day.Day, (byte)day.Month, (byte)(day.Year - 2000)];
            Assert.Equal((ulong)(day - DateTime.UnixEpoch).TotalSeconds, CmosClock.Convert(fields, Binary24));
            day = day.AddDays(1);
        }
    }

    [Theory]
    [InlineData(0x23, Decimal24, 23)]
    [InlineData(0x12, Decimal12, 0)]
    [InlineData(0x92, Decimal12, 12)]
    [InlineData(0x91, Decimal12, 23)]
    public void HourModes_AreRead(byte hour, byte statusB, int expected)
    {
        byte[] fields = [0, 0, hour, 0x01, 0x01, 0x26];
        ulong midnight = CmosClock.Convert([0, 0, 0, 1, 1, 26], Binary24);
        Assert.Equal(midnight + ((ulong)expected * 3600), CmosClock.Convert(fields, statusB));
    }

    [Fact]
    public void Nonsense_IsZero()
    {
        Assert.Equal(0UL, CmosClock.Convert([0, 0, 0, 1, 13, 26], Binary24));
    }
}

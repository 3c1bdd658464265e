// SPDX-License-Identifier: MIT
using Hypervisor.Devices.Chipset;
using Xunit;

namespace Hypervisor.Unit.Devices.Chipset;

/// <summary>The real-time clock against the MC146818A data sheet and Linux's rtc-cmos.</summary>
public sealed class RtcTests
{
    private const ulong Second = 1_000_000_000;

    private readonly TestClock _clock = new();
    private readonly RecordingLine _line = new();
    private readonly Rtc _rtc;

    public RtcTests()
    {
        _rtc = new Rtc(_clock, _line);
    }

    [Fact]
    public void Time_IsShownInBcd24Hours()
    {
        Assert.Equal(0x50, Read(0x00));
        Assert.Equal(0x59, Read(0x02));
        Assert.Equal(0x23, Read(0x04));
        Assert.Equal(4, Read(0x06));
        Assert.Equal(0x28, Read(0x07));
        Assert.Equal(0x02, Read(0x08));
        Assert.Equal(0x24, Read(0x09));
        Assert.Equal(0x20, Read(0x32));
        Assert.Equal(0x80, Read(0x0D));
        Assert.Equal(0x26, Read(0x0A));
        _clock.Advance(10 * Second);
        Assert.Equal(0x29, Read(0x07));
        Assert.Equal(0x00, Read(0x04));
    }

    [Fact]
    public void Time_InBinaryAnd12Hours()
    {
        Write(0x0B, 0x04);
        Assert.Equal(0x80 | 11, Read(0x04));
        Assert.Equal(59, Read(0x02));
        Write(0x0B, 0x00);
        Assert.Equal(0x91, Read(0x04));
        _clock.Advance(10 * Second);
        Assert.Equal(0x12, Read(0x04));
    }

    [Fact]
    public void UpdateInProgress_IsSetJustBeforeTheSecondTurns()
    {
        Assert.Equal(0, Read(0x0A) & 0x80);
        _clock.Advance(Second - 244_000);
        Assert.Equal(0x80, Read(0x0A) & 0x80);
        Assert.Equal(0x50, Read(0x00));
        _clock.Advance(244_000);
        Assert.Equal(0, Read(0x0A) & 0x80);
        Assert.Equal(0x51, Read(0x00));
    }

    [Fact]
    public void Time_CanBeSet()
    {
        Write(0x0B, 0x82);
        Write(0x32, 0x19);
        Write(0x09, 0x99);
        Write(0x08, 0x12);
        Write(0x07, 0x31);
        Write(0x04, 0x23);
        Write(0x02, 0x59);
        Write(0x00, 0x58);
        _clock.Advance(10 * Second);
        Assert.Equal(0x58, Read(0x00));
        Write(0x0B, 0x02);
        Assert.Equal(0x58, Read(0x00));
        _clock.Advance(2 * Second);
        Assert.Equal(0x00, Read(0x09));
        Assert.Equal(0x20, Read(0x32));
        Assert.Equal(0x01, Read(0x07));
        Assert.Equal(7, Read(0x06));
    }

    [Fact]
    public void Time_FollowsTheHostAfterAFreeze()
    {
        _clock.Advance(Second / 2);
        _clock.StartSeconds += 3600;
        Assert.Equal(0x00, Read(0x04));
        Assert.Equal(0x59, Read(0x02));
    }

    [Fact]
    public void PeriodicInterrupt_ComesAtItsRateOnceTheFlagsAreRead()
    {
        Write(0x0A, 0x26);
        Write(0x0B, 0x42);
        int reads = 0;
        for (int millisecond = 0; millisecond < 1000; millisecond++)
        {
            _clock.Advance(Second / 1000);
            if (_line.IsAsserted)
            {
                Assert.Equal(0xC0, Read(0x0C) & 0xC0);
                Assert.False(_line.IsAsserted);
                reads++;
            }
        }

        Assert.InRange(reads, 995, 1000);
    }

    [Fact]
    public void UnreadFlag_StopsTheTimer()
    {
        Write(0x0A, 0x23);
        Write(0x0B, 0x42);
        int before = _clock.Fired;
        _clock.Advance(Second);
        Assert.Equal(1, _clock.Fired - before);
        Assert.Equal(1, _line.Edges);
    }

    [Fact]
    public void UpdateInterrupt_ComesEverySecond()
    {
        Write(0x0B, 0x12);
        for (int round = 1; round <= 5; round++)
        {
            _clock.Advance(Second);
            Assert.Equal(round, _line.Edges);
            Assert.Equal(0x90, Read(0x0C) & 0x90);
        }
    }

    [Fact]
    public void Alarm_ComesAtItsTime()
    {
        Write(0x01, 0x05);
        Write(0x03, 0x01);
        Write(0x05, 0x00);
        Write(0x0B, 0x22);
        _clock.Advance(74 * Second);
        Assert.Equal(0, _line.Edges);
        _clock.Advance(Second);
        Assert.Equal(1, _line.Edges);
        Assert.Equal(0xA0, Read(0x0C) & 0xA0);
        _clock.Advance(86_400 * Second);
        Assert.Equal(2, _line.Edges);
    }

    [Theory]
    [InlineData(0xFF, 0xFF, 0xFF, 1UL)]
    [InlineData(0x15, 0xFF, 0xFF, 25UL)]
    [InlineData(0xFF, 0x30, 0xFF, 10UL + 1800)]
    [InlineData(0xC0, 0xC1, 0x01, 10UL + 3600)]
    [InlineData(0x49, 0x59, 0x23, 86_399UL)]
    public void Alarm_WithFieldsThatDoNotMatter(byte second, byte minute, byte hour, ulong expected)
    {
        Write(0x01, second);
        Write(0x03, minute);
        Write(0x05, hour);
        Write(0x0B, 0x22);
        _clock.Advance((expected * Second) - 1);
        Assert.Equal(0, _line.Edges);
        _clock.Advance(1);
        Assert.Equal(1, _line.Edges);
    }

    [Fact]
    public void Alarm_ThatNoTimeMatches_NeverComes()
    {
        Write(0x01, 0x61);
        Write(0x03, 0xFF);
        Write(0x05, 0xFF);
        Write(0x0B, 0x22);
        _clock.Advance(200_000 * Second);
        Assert.Equal(0, _line.Edges);
    }

    [Fact]
    public void Flags_AreKeptWithoutInterrupts()
    {
        _clock.Advance(Second);
        Assert.Equal(0x50, Read(0x0C) & 0xD0);
        Assert.Equal(0x00, Read(0x0C));
        Assert.Equal(0, _clock.ArmedCount);
    }

    [Fact]
    public void Ram_KeepsItsBytesOverAReset()
    {
        Write(0x0F, 0x5A);
        Write(0x7F, 0xA5);
        _rtc.SetMemory(0x10, 0x40);
        _rtc.SetMemory(0x0B, 0xFF);
        _rtc.Reset();
        Assert.Equal(0x5A, Read(0x0F));
        Assert.Equal(0xA5, Read(0xFF));
        Assert.Equal(0x40, Read(0x10));
        Assert.Equal(0x02, Read(0x0B));
    }

    [Fact]
    public void RandomTraffic_IsContained() =>
        HostileTraffic.Run(_rtc, 2, random => _clock.Advance((ulong)random.Next(1_000_000)));

    private int Read(byte register)
    {
        _rtc.Write(0, 1, register);
        return (int)_rtc.Read(1, 1);
    }

    private void Write(byte register, byte value)
    {
        _rtc.Write(0, 1, register);
        _rtc.Write(1, 1, value);
    }
}

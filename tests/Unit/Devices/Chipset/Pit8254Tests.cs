// SPDX-License-Identifier: MIT
using Hypervisor.Devices.Chipset;
using Xunit;

namespace Hypervisor.Unit.Devices.Chipset;

/// <summary>The 8254 against its data sheet and against Linux's calibration.</summary>
public sealed class Pit8254Tests
{
    private const ulong Second = 1_000_000_000;
    private const int Control = 3;
    private const int Port61 = 4;

    private readonly TestClock _clock = new();
    private readonly RecordingLine _line = new();
    private readonly Pit8254 _pit;

    public Pit8254Tests()
    {
        _pit = new Pit8254(_clock, _line);
    }

    [Fact]
    public void Mode2_InterruptsAtItsRate()
    {
        // 11932 is Linux's HZ=100.
        Program(0, 0x34, 11932);
        _clock.Advance(Second);
        Assert.InRange(_line.Edges, 99, 100);
        _clock.Advance(59 * Second);
        Assert.InRange(_line.Edges, 5999, 6000);
    }

    [Fact]
    public void Mode0_InterruptsOnce()
    {
        Program(0, 0x30, 1193);
        Assert.False(OutputOf(0));
        _clock.Advance(999_000);
        Assert.Equal(0, _line.Edges);
        _clock.Advance(2_000);
        Assert.Equal(1, _line.Edges);
        Assert.True(OutputOf(0));
        _clock.Advance(Second);
        Assert.Equal(1, _line.Edges);
    }

    [Fact]
    public void SiblingThatProgramsADueCounter_GetsItsRate()
    {
        Program(0, 0x34, 11932);
        _clock.Overtake(10_001_000, () => Program(0, 0x34, 1193));
        Assert.Equal(0, _line.Edges);
        _clock.Advance(Second);
        Assert.InRange(_line.Edges, 999, 1001);
        Assert.Equal(0UL, _pit.State.TicksLost);
    }

    [Fact]
    public void SiblingThatProgramsADueCounterForOneShot_GetsOneInTime()
    {
        Program(0, 0x34, 11932);
        _clock.Overtake(10_001_000, () => Program(0, 0x30, 1193));
        _clock.Advance(998_000);
        Assert.Equal(0, _line.Edges);
        _clock.Advance(Second);
        Assert.Equal(1, _line.Edges);
    }

    [Fact]
    public void SiblingsOneShotThatIsOverAtOnce_InterruptsOnce()
    {
        Program(0, 0x34, 11932);
        _clock.Overtake(10_001_000, () => Program(0, 0x30, 1));
        _clock.Advance(Second);
        Assert.Equal(1, _line.Edges);
    }

    [Fact]
    public void Mode4_InterruptsOnceForEachCount()
    {
        // Linux's one-shot clock events: pit_set_oneshot, pit_next_event.
        Write(Control, 0x38);
        for (int round = 1; round <= 3; round++)
        {
            Write(0, 0x00);
            Write(0, 0x10);
            _clock.Advance(5_000_000);
            Assert.Equal(round, _line.Edges);
        }
    }

    [Fact]
    public void ControlWord_StopsTheOldMode()
    {
        Program(0, 0x34, 11932);
        Write(Control, 0x30);
        _clock.Advance(Second);
        Assert.Equal(0, _line.Edges);
    }

    [Fact]
    public void Counter_CountsDownAndIsReadLowThenHigh()
    {
        Program(0, 0x34, 0);
        _clock.Advance(Frequency.NanosecondsFor(0x1234, 1_193_182));
        Assert.Equal(0x10000 - 0x1234, ReadCount(0));
    }

    [Fact]
    public void Latch_HoldsTheCountWhileTimeGoesOn()
    {
        Program(0, 0x34, 0);
        _clock.Advance(Frequency.NanosecondsFor(100, 1_193_182));
        Write(Control, 0x00);
        _clock.Advance(1_000_000);
        Write(Control, 0x00);
        Assert.Equal(0x10000 - 100, ReadCount(0));
        Assert.NotEqual(0x10000 - 100, ReadCount(0));
    }

    [Fact]
    public void ReadBack_LatchesStatusBeforeCount()
    {
        Program(2, 0xB6, 1000);
        Write(Control, 0xC8);
        Assert.Equal(0x80 | 0x36, Read(2));
        Write(Control, 0xB0);
        Write(Control, 0xE8);
        Assert.Equal(0x40 | 0x30, Read(2));
    }

    [Fact]
    public void BcdCount_IsDecimal()
    {
        Program(0, 0x35, 0x1000);
        _clock.Advance(Frequency.NanosecondsFor(1, 1_193_182));
        Assert.Equal(0x0999, ReadCount(0));
    }

    [Fact]
    public void Mode3_IsASquareWave()
    {
        Program(0, 0x36, 1000);
        Assert.True(OutputOf(0));
        _clock.Advance(Frequency.NanosecondsFor(501, 1_193_182));
        Assert.False(OutputOf(0));
        Assert.Equal(1000 - 2, ReadCount(0));
        _clock.Advance(Frequency.NanosecondsFor(500, 1_193_182));
        Assert.True(OutputOf(0));
    }

    [Fact]
    public void Mode2_FinishesItsPeriodBeforeANewCount()
    {
        Program(0, 0x34, 1000);
        Advance(400);
        Write(0, 500 & 0xFF);
        Write(0, 500 >> 8);
        Assert.Equal(0x40 | 0x34, StatusOf(0) & 0x7F);
        Advance(100);
        Assert.Equal(500, ReadCount(0));
        Assert.Equal(0, _line.Edges);
        Advance(501);
        Assert.Equal(1, _line.Edges);
        Assert.Equal(0x34, StatusOf(0) & 0x7F);
        Assert.InRange(ReadCount(0), 498, 500);
        Advance(500);
        Assert.Equal(2, _line.Edges);
        Advance(500);
        Assert.Equal(3, _line.Edges);
    }

    [Fact]
    public void Mode3_FinishesItsHalfBeforeANewCount()
    {
        // High for 500 of the old count, then low for 100 of the new one: OUT rises after 600.
        Program(0, 0x36, 1000);
        Advance(300);
        Write(0, 200);
        Write(0, 0);
        Assert.True(OutputOf(0));
        Advance(202);
        Assert.False(OutputOf(0));
        Assert.Equal(0, _line.Edges);
        Advance(100);
        Assert.True(OutputOf(0));
        Assert.Equal(1, _line.Edges);
        Advance(200);
        Assert.Equal(2, _line.Edges);
    }

    [Fact]
    public void Mode3_InItsSecondHalf_FinishesThePeriod()
    {
        Program(0, 0x36, 1000);
        Advance(700);
        Write(0, 200);
        Write(0, 0);
        Advance(298);
        Assert.False(OutputOf(0));
        Assert.Equal(0, _line.Edges);
        Advance(4);
        Assert.True(OutputOf(0));
        Assert.Equal(1, _line.Edges);
        Advance(200);
        Assert.Equal(2, _line.Edges);
    }

    [Fact]
    public void Trigger_LoadsTheNewCountAtOnce()
    {
        Write(Port61, 0x01);
        Program(2, 0xB4, 1000);
        Advance(100);
        Write(2, 50);
        Write(2, 0);
        Write(Port61, 0x00);
        Write(Port61, 0x01);
        Advance(10);
        Assert.InRange(ReadCount(2), 39, 41);
    }

    [Fact]
    public void CountsThatAreWrittenAllTheTime_DoNotHoldTheInterruptUp()
    {
        Program(0, 0x34, 1000);
        for (int step = 0; step < 100; step++)
        {
            Advance(100);
            Write(0, 1000 & 0xFF);
            Write(0, 1000 >> 8);
        }

        Assert.InRange(_line.Edges, 9, 10);
    }

    [Fact]
    public void Gate_StopsCounter2AndLetsItGoOn()
    {
        Write(Port61, 0x01);
        Program(2, 0xB0, 0xFFFF);
        _clock.Advance(Frequency.NanosecondsFor(1000, 1_193_182));
        Write(Port61, 0x00);
        _clock.Advance(Second);
        int stopped = ReadCount(2);
        Assert.InRange(stopped, 0xFFFF - 1001, 0xFFFF - 1000);
        Write(Port61, 0x01);
        _clock.Advance(Frequency.NanosecondsFor(10, 1_193_182));
        Assert.InRange(ReadCount(2), stopped - 11, stopped - 9);
    }

    [Fact]
    public void LinuxTscCalibration_SeesOutput2RiseAfter50Milliseconds()
    {
        // pit_calibrate_tsc in arch/x86/kernel/tsc.c with CAL_LATCH for 50 ms.
        Write(Port61, (byte)((Read(Port61) & ~0x02) | 0x01));
        Program(2, 0xB0, 59659);
        int polls = 0;
        while ((Read(Port61) & 0x20) == 0)
        {
            _clock.Advance(1_000);
            polls++;
            Assert.True(polls < 100_000);
        }

        Assert.InRange(polls, 49_990, 50_010);
    }

    [Fact]
    public void LinuxQuickCalibration_SeesTheHighByteFall()
    {
        // quick_pit_calibrate: the high byte goes from 0xFF to 0xFE after 256 ticks.
        Write(Port61, 0x01);
        Program(2, 0xB0, 0xFFFF);
        _ = Read(2);
        Assert.Equal(0xFF, Read(2));
        _clock.Advance(Frequency.NanosecondsFor(256, 1_193_182));
        _ = Read(2);
        Assert.Equal(0xFE, Read(2));
    }

    [Fact]
    public void RefreshBit_Toggles()
    {
        int first = Read(Port61) & 0x10;
        _clock.Advance(15_085);
        Assert.NotEqual(first, Read(Port61) & 0x10);
    }

    [Fact]
    public void LostTicks_AreCaughtUp()
    {
        Program(0, 0x34, 11932);
        _clock.Advance(Second);
        int before = _line.Edges;
        _clock.Stall(Second / 2);
        _clock.Advance(Second / 2);
        Assert.InRange(_line.Edges - before, 99, 101);
        Assert.Equal(0UL, _pit.State.TicksLost);
    }

    [Fact]
    public void LostTicks_BeyondASecond_AreDroppedAndCounted()
    {
        Program(0, 0x34, 11932);
        _clock.Stall(3600 * Second);
        int before = _line.Edges;
        Assert.True(before < 10);
        _clock.Advance(2 * Second);
        Assert.InRange(_line.Edges - before, 200, 310);
        Assert.InRange(_pit.State.TicksLost, 359_000UL, 360_000UL);
    }

    [Theory]
    [InlineData(0x34)]
    [InlineData(0x36)]
    public void ShortestPeriod_DoesNotFlood(byte control)
    {
        Program(0, control, 1);
        int before = _clock.Fired;
        _clock.Advance(Second);
        Assert.InRange(_clock.Fired - before, 1, 10_001);
    }

    [Fact]
    public void Reset_StopsEverything()
    {
        Program(0, 0x34, 11932);
        _pit.Reset();
        Assert.Equal(0, _clock.ArmedCount);
        Assert.Equal(0, Read(Port61) & 0x0F);
    }

    [Fact]
    public void RandomTraffic_IsContained() =>
        HostileTraffic.Run(_pit, 5, random => _clock.Advance((ulong)random.Next(100_000)));

    private bool OutputOf(int channel) => (StatusOf(channel) & 0x80) != 0;

    private int StatusOf(int channel)
    {
        Write(Control, (byte)(0xE0 | (2 << channel)));
        return Read(channel);
    }

    private void Advance(ulong ticks) => _clock.Advance(Frequency.NanosecondsFor(ticks, 1_193_182));

    private void Program(int channel, byte control, int count)
    {
        Write(Control, control);
        Write(channel, (byte)count);
        Write(channel, (byte)(count >> 8));
    }

    private int ReadCount(int channel)
    {
        int low = Read(channel);
        return low | (Read(channel) << 8);
    }

    private int Read(int offset) => (int)_pit.Read((ulong)offset, 1);

    private void Write(int offset, byte value) => _pit.Write((ulong)offset, 1, value);
}

// SPDX-License-Identifier: MIT
using Hypervisor.Devices.Chipset;
using Xunit;

namespace Hypervisor.Unit.Devices.Chipset;

/// <summary>
/// The local APIC's timer: Intel SDM volume 3, section 11.5.4, and kvm-unit-tests' test_apic_change_mode.
/// </summary>
public sealed class ApicTimerTests
{
    private const ulong InitialCount = 0x380;
    private const ulong CurrentCount = 0x390;
    private const ulong Divide = 0x3E0;
    private const ulong Lvt = 0x320;
    private const uint Deadline = 0x6E0;
    private const uint Periodic = 0x2_00EE;
    private const uint OneShot = 0x0_00EE;
    private const uint TscDeadline = 0x4_00EE;

    private readonly TestClock _clock = new();
    private readonly LocalApic _apic;

    public ApicTimerTests()
    {
        _apic = new LocalApic(new ApicBus(1), 0, _clock, 40, TestPages.Next());
        _apic.Write(0xF0, 4, 0x1FF);
        _apic.Write(Divide, 4, 0xB);
    }

    [Fact]
    public void OneShot_CountsDownAndInterruptsOnce()
    {
        _apic.Write(Lvt, 4, OneShot);
        _apic.Write(InitialCount, 4, 1_000_000);
        _clock.Advance(400_000);
        Assert.Equal(600_000u, _apic.Read(CurrentCount));
        Assert.Equal(1_000_000u, _apic.Read(InitialCount));
        Assert.False(Take());
        _clock.Advance(600_000);
        Assert.True(Take());
        Assert.Equal(0u, _apic.Read(CurrentCount));
        _clock.Advance(10_000_000);
        Assert.False(Take());
    }

    [Fact]
    public void Periodic_InterruptsAtItsRate()
    {
        _apic.Write(Lvt, 4, Periodic);
        _apic.Write(InitialCount, 4, 1_000_000);
        for (int round = 0; round < 10; round++)
        {
            _clock.Advance(1_000_000);
            Assert.True(Take());
            Assert.InRange(_apic.Read(CurrentCount), 999_999u, 1_000_000u);
        }
    }

    [Fact]
    public void Periodic_MergesPeriodsThatWereMissed()
    {
        _apic.Write(Lvt, 4, Periodic);
        _apic.Write(InitialCount, 4, 1_000_000);
        int before = _clock.Fired;
        _clock.Stall(1_000_400_000);
        Assert.Equal(1, _clock.Fired - before);
        Assert.Equal(999UL, _apic.TimerState.PeriodsMerged);
        Assert.True(Take());
        _clock.Advance(600_000);
        Assert.True(Take());
    }

    [Fact]
    public void ShortestPeriod_DoesNotFlood()
    {
        _apic.Write(Lvt, 4, Periodic);
        _apic.Write(InitialCount, 4, 1);
        int before = _clock.Fired;
        _clock.Advance(1_000_000_000);
        Assert.InRange(_clock.Fired - before, 1, 20_001);
    }

    [Theory]
    [InlineData(0xBu, 1u)]
    [InlineData(0x0u, 2u)]
    [InlineData(0x1u, 4u)]
    [InlineData(0x2u, 8u)]
    [InlineData(0x3u, 16u)]
    [InlineData(0x8u, 32u)]
    [InlineData(0x9u, 64u)]
    [InlineData(0xAu, 128u)]
    public void Divisor_StretchesTheCount(uint configuration, uint divisor)
    {
        _apic.Write(Divide, 4, configuration);
        Assert.Equal(configuration, _apic.Read(Divide));
        _apic.Write(Lvt, 4, OneShot);
        _apic.Write(InitialCount, 4, 1_000_000);
        _clock.Advance(divisor * 500_000UL);
        Assert.Equal(500_000u, _apic.Read(CurrentCount));
        Assert.False(Take());
        _clock.Advance(divisor * 500_000UL);
        Assert.True(Take());
    }

    [Fact]
    public void ChangeOfMode_KeepsTheCount()
    {
        _apic.Write(Lvt, 4, OneShot);
        _apic.Write(InitialCount, 4, 1_000_000);
        _clock.Advance(700_000);
        _apic.Write(Lvt, 4, Periodic);
        Assert.Equal(300_000u, _apic.Read(CurrentCount));
        _clock.Advance(400_000);
        Assert.Equal(900_000u, _apic.Read(CurrentCount));
        _apic.Write(Lvt, 4, OneShot);
        _clock.Advance(900_000);
        Assert.Equal(0u, _apic.Read(CurrentCount));
        _apic.Write(Lvt, 4, Periodic);
        Assert.Equal(0u, _apic.Read(CurrentCount));
        Assert.Equal(1_000_000u, _apic.Read(InitialCount));
    }

    [Fact]
    public void MaskedTimer_CountsWithoutInterrupting()
    {
        _apic.Write(Lvt, 4, OneShot | 0x1_0000);
        _apic.Write(InitialCount, 4, 1_000);
        _clock.Advance(2_000);
        Assert.False(Take());
        Assert.Equal(0u, _apic.Read(CurrentCount));
    }

    [Fact]
    public void ZeroCount_StopsTheTimer()
    {
        _apic.Write(Lvt, 4, Periodic);
        _apic.Write(InitialCount, 4, 1_000_000);
        _apic.Write(InitialCount, 4, 0);
        Assert.Equal(0, _clock.ArmedCount);
        _clock.Advance(5_000_000);
        Assert.False(Take());
    }

    [Fact]
    public void TscDeadline_InterruptsAtItsMoment()
    {
        _apic.Write(Lvt, 4, TscDeadline);
        ulong deadline = _clock.TimestampCounter + 2_000_001;
        Assert.True(_apic.TryWriteMsr(Deadline, deadline));
        Assert.True(_apic.TryReadMsr(Deadline, out ulong value));
        Assert.Equal(deadline, value);
        _clock.Advance(1_000_000);
        Assert.False(Take());
        _clock.Advance(1);
        Assert.True(Take());
        Assert.True(_apic.TryReadMsr(Deadline, out value));
        Assert.Equal(0UL, value);
        Assert.Equal(0u, _apic.Read(CurrentCount));
    }

    [Fact]
    public void TscDeadline_InThePast_InterruptsAtOnce()
    {
        _clock.Advance(1_000);
        _apic.Write(Lvt, 4, TscDeadline);
        Assert.True(_apic.TryWriteMsr(Deadline, _clock.TimestampCounter));
        Assert.True(Take());
        Assert.Equal(0UL, _apic.TimerState.TscDeadline);
    }

    [Fact]
    public void TscDeadline_FarAway_IsArmedWithoutOverflow()
    {
        _apic.Write(Lvt, 4, TscDeadline);
        Assert.True(_apic.TryWriteMsr(Deadline, ulong.MaxValue));
        _clock.Advance(1_000_000_000_000);
        Assert.False(Take());
        Assert.True(_apic.TryWriteMsr(Deadline, 0));
        Assert.Equal(0, _clock.ArmedCount);
    }

    [Fact]
    public void TscDeadline_IsMeasuredOnTheTscThatTheGuestHasSet()
    {
        var cpu = new TestCpu { Interrupts = _apic };
        _apic.Attach(cpu);
        _apic.Write(Lvt, 4, TscDeadline);
        cpu.TimestampAdjust = 1_000_000_000;
        Assert.True(_apic.TryWriteMsr(Deadline, 1_002_000_000));
        _clock.Advance(999_999);
        Assert.False(Take());
        _clock.Advance(1);
        Assert.True(Take());
        ulong deadline = _apic.TimestampCounter + 20_000_000;
        Assert.True(_apic.TryWriteMsr(Deadline, deadline));
        cpu.TimestampAdjust += 18_000_000;
        _clock.Advance(1_000_000);
        Assert.True(Take());
    }

    [Fact]
    public void DeadlineAndCount_AreIgnoredInEachOthersMode()
    {
        _apic.Write(Lvt, 4, OneShot);
        Assert.True(_apic.TryWriteMsr(Deadline, 5));
        Assert.True(_apic.TryReadMsr(Deadline, out ulong value));
        Assert.Equal(0UL, value);
        _apic.Write(Lvt, 4, TscDeadline);
        _apic.Write(InitialCount, 4, 1_000);
        Assert.Equal(0u, _apic.Read(InitialCount));
        Assert.Equal(0, _clock.ArmedCount);
    }

    [Fact]
    public void LeavingTscDeadlineMode_Disarms()
    {
        _apic.Write(Lvt, 4, TscDeadline);
        Assert.True(_apic.TryWriteMsr(Deadline, 1_000_000));
        _apic.Write(Lvt, 4, OneShot);
        Assert.Equal(0, _clock.ArmedCount);
    }

    private bool Take()
    {
        int vector = _apic.Acknowledge();
        _apic.Write(0xB0, 4, 0);
        return vector == 0xEE;
    }
}

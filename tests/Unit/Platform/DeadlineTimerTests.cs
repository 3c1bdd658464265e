// SPDX-License-Identifier: MIT
using Hypervisor.Platform;
using Hypervisor.X64;
using Xunit;

namespace Hypervisor.Unit.Platform;

/// <summary>The timer of TSC deadlines: a far moment must not become one that has passed.</summary>
public sealed class DeadlineTimerTests
{
    private const ulong Hour = 3_600_000_000_000;

    [Theory]
    [InlineData(1_000_000_000UL)]
    [InlineData(2_995_000_000UL)]
    [InlineData(4_200_000_000UL)]
    public void AFarMoment_ComesEarlyAndNotAtOnce(ulong frequency)
    {
        FakeProcessor processor = FakeProcessor.Reset();
        processor.Timestamp = 1_000_000;
        var timer = new DeadlineTimer(new HostClock(frequency));
        foreach (ulong moment in new[] { ulong.MaxValue, ulong.MaxValue / 2, Hour * 100 })
        {
            timer.Arm(moment);
            ulong ticks = processor.Msrs[Msr.TimestampDeadline] - processor.Timestamp;
            Assert.InRange(ticks / (frequency / 1_000), 3_599_000UL, 3_601_000UL);
        }
    }

    [Fact]
    public void AMomentThatHasPassed_ComesAtOnce()
    {
        FakeProcessor processor = FakeProcessor.Reset();
        var clock = new HostClock(1_000_000_000);
        processor.Timestamp += 5_000_000;
        new DeadlineTimer(clock).Arm(1_000);
        Assert.InRange(processor.Msrs[Msr.TimestampDeadline], 1UL, processor.Timestamp);
    }
}

// SPDX-License-Identifier: MIT
using Hypervisor.Machine;
using Hypervisor.Platform;
using Hypervisor.X64;
using Xunit;

namespace Hypervisor.Unit.Machine;

/// <summary>A VM's time and its timestamp counter, at the host's rate and at another.</summary>
public sealed class MachineTimeTests
{
    private const ulong HostFrequency = 2_250_000_123;
    private const ulong Hour = 3600;

    private readonly FakeProcessor _processor = FakeProcessor.Reset();
    private readonly HostClock _host;

    public MachineTimeTests()
    {
        _processor.Timestamp = 0x1234_5678_9ABC;
        _host = new HostClock(HostFrequency);
    }

    [Theory]
    [InlineData(HostFrequency, false)]
    [InlineData(100_000_000UL, true)]
    [InlineData(2_000_000_000UL, true)]
    [InlineData(10_000_000_000UL, true)]
    public void TheCounter_StartsAtZeroAndHasItsRate(ulong frequency, bool isScaled)
    {
        PassHours(1);
        var time = new MachineTime(_host, 0, frequency);
        Assert.Equal(isScaled, time.IsTimestampScaled);
        Assert.InRange(time.TimestampCounter, 0UL, 10UL);
        PassHours(100);
        Assert.InRange(time.TimestampCounter, (frequency - 1) * 100 * Hour, (frequency + 1) * 100 * Hour);
        Assert.InRange(time.Nanoseconds, (100 * Hour * 1_000_000_000) - 1_000_000, 100 * Hour * 1_000_000_000);
    }

    /// <summary>Or a guest's deadline would be met too early or too late, the more so the longer it runs.</summary>
    [Theory]
    [InlineData(HostFrequency)]
    [InlineData(300_000_000UL)]
    public void TheCounter_IsWhatTheProcessorMakesOfItsOwn(ulong frequency)
    {
        var time = new MachineTime(_host, 0, frequency);
        PassHours(10_000);
        ulong processor = _processor.Timestamp;
        Assert.Equal(time.TimestampRatio.Scale(processor) + time.TimestampOffset, time.TimestampCounter);
    }

    [Theory]
    [InlineData(HostFrequency)]
    [InlineData(300_000_000UL)]
    public void AFreeze_IsNotCounted(ulong frequency)
    {
        var time = new MachineTime(_host, 0, frequency);
        PassHours(1);
        time.Freeze();
        ulong counter = time.TimestampCounter;
        ulong nanoseconds = time.Nanoseconds;
        PassHours(1000);
        Assert.Equal(counter, time.TimestampCounter);
        Assert.Equal(nanoseconds, time.Nanoseconds);
        time.Thaw();
        Assert.InRange(time.TimestampCounter - counter, 0UL, 10UL);
        Assert.InRange(time.Nanoseconds - nanoseconds, 0UL, 10UL);
        PassHours(1);
        Assert.InRange(time.TimestampCounter - counter, (frequency - 1) * Hour, (frequency + 1) * Hour);
    }

    [Fact]
    public void AClock_TellsBothRates()
    {
        var clock = new MachineClock(new MachineTime(_host, 0, 300_000_000), null!, 1);
        Assert.Equal(300_000_000UL, clock.TimestampFrequency);
        Assert.Equal(HostFrequency, clock.ProcessorTimestampFrequency);
    }

    private void PassHours(ulong hours) => _processor.Timestamp += hours * Hour * HostFrequency;
}

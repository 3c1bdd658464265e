// SPDX-License-Identifier: MIT
using System;
using Hypervisor.Memory;
using Hypervisor.Platform;
using Hypervisor.X64;
using Xunit;

namespace Hypervisor.Unit.Platform;

/// <summary>Only code that runs, is contained and gets nowhere is stuck.</summary>
public sealed class WatchdogTests : IDisposable
{
    private readonly Watchdog _watchdog = new();
    private readonly Processor _processor;

    public WatchdogTests()
    {
        _ = FakeProcessor.Reset();
        var clock = new HostClock(1_000_000_000);
        _processor = new Processor(3, 0, new DeadlineQueue(clock, new DeadlineTimer(clock), 4));
        CurrentProcessor.Owner = _processor;
        CurrentProcessor.IsContained = true;
    }

    public void Dispose()
    {
        CurrentProcessor.Owner = null;
        CurrentProcessor.IsContained = false;
    }

    [Fact]
    public void CodeWithoutProgress_IsStuckAtTheLimit()
    {
        Assert.Equal(Watchdog.Limit, BeatsUntilStuck(Watchdog.Limit + 1));
        Assert.Equal(Watchdog.Limit, BeatsUntilStuck(Watchdog.Limit + 1));
        Assert.Equal(2UL, _watchdog.Found);
    }

    [Fact]
    public void Progress_StartsTheCountAnew()
    {
        Assert.Equal(-1, BeatsUntilStuck(Watchdog.Limit - 1));
        _processor.Progress++;
        Assert.Equal(Watchdog.Limit + 1, BeatsUntilStuck(Watchdog.Limit + 2));
    }

    [Fact]
    public void AnIdleProcessor_IsNotStuck()
    {
        CurrentProcessor.IsContained = false;
        Assert.Equal(-1, BeatsUntilStuck(10 * Watchdog.Limit));
        CurrentProcessor.SharedLocksHeld = 1;
        Assert.NotEqual(-1, BeatsUntilStuck(10 * Watchdog.Limit));
        CurrentProcessor.SharedLocksHeld = 0;
    }

    [Fact]
    public void BeforeThereIsAProcessor_NothingIsStuck()
    {
        CurrentProcessor.Owner = null;
        Assert.Equal(-1, BeatsUntilStuck(10 * Watchdog.Limit));
        Assert.Equal(10UL * Watchdog.Limit, _watchdog.Beats);
    }

    private int BeatsUntilStuck(int limit)
    {
        for (int beat = 1; beat <= limit; beat++)
        {
            if (_watchdog.IsStuck())
            {
                return beat;
            }
        }

        return -1;
    }
}

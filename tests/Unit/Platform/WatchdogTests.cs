// SPDX-License-Identifier: MIT
using System;
using Hypervisor.Memory;
using Hypervisor.Platform;
using Hypervisor.Runtime;
using Hypervisor.X64;
using Xunit;

namespace Hypervisor.Unit.Platform;

/// <summary>Only code that runs, is contained and gets nowhere is stuck.</summary>
public sealed class WatchdogTests : IDisposable
{
    private readonly Watchdog _watchdog = new();
    private readonly Processor _processor;
    private bool _interruptsAreOn;

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
        CurrentProcessor.IsInInterrupt = false;
        CurrentProcessor.IsWaiting = false;
    }

    [Fact]
    public void CodeWithoutProgress_IsStuckAtTheLimit()
    {
        Assert.Equal(Watchdog.Limit, BeatsUntil(StuckVerdict.Stuck));
        _watchdog.Left();
        Assert.Equal(Watchdog.Limit, BeatsUntil(StuckVerdict.Stuck));
        _watchdog.Left();
        Assert.Equal(2UL, _watchdog.Found);
    }

    [Fact]
    public void CodeThatCannotBeLeft_IsLostAfterAGrace()
    {
        Assert.Equal(Watchdog.Limit, BeatsUntil(StuckVerdict.Stuck));
        Assert.Equal(Watchdog.Grace, BeatsUntil(StuckVerdict.StuckForGood));
        Assert.Equal(0UL, _watchdog.Found);
    }

    [Fact]
    public void Progress_StartsTheCountAnew()
    {
        Assert.Equal(-1, BeatsUntil(StuckVerdict.Stuck, Watchdog.Limit - 1));
        _processor.Progress++;
        Assert.Equal(Watchdog.Limit + 1, BeatsUntil(StuckVerdict.Stuck));
    }

    [Fact]
    public void AnIdleProcessor_IsNotStuck()
    {
        CurrentProcessor.IsContained = false;
        Assert.Equal(-1, BeatsUntil(StuckVerdict.Stuck));
        CurrentProcessor.SharedLocksHeld = 1;
        Assert.NotEqual(-1, BeatsUntil(StuckVerdict.Stuck));
        CurrentProcessor.SharedLocksHeld = 0;
    }

    [Fact]
    public void InterruptsOverStuckCode_AreNotStoppedInItsPlace()
    {
        int stuck = 0;
        for (int beat = 0; beat < 20 * Watchdog.Limit && stuck == 0; beat++)
        {
            // Two of three beats meet the handler of one more interrupt.
            _processor.Interrupts++;
            CurrentProcessor.IsInInterrupt = beat % 3 != 0;
            bool isStuck = _watchdog.Judge(_interruptsAreOn) != StuckVerdict.Fine;
            Assert.False(isStuck && CurrentProcessor.IsInInterrupt);
            stuck = isStuck ? beat : 0;
        }

        Assert.Equal(3 * (Watchdog.Limit - 1), stuck);
    }

    [Fact]
    public void AnInterruptHandlerThatDoesNotComeBack_IsStuck_WhateverItInterrupted()
    {
        CurrentProcessor.IsInInterrupt = true;
        CurrentProcessor.IsContained = false;
        _processor.Interrupts++;
        Assert.Equal(Watchdog.Limit + 1, BeatsUntil(StuckVerdict.Stuck));
        _watchdog.Left();
        Assert.Equal(-1, BeatsUntil(StuckVerdict.Stuck, Watchdog.Limit - 1));
        _processor.Interrupts++;
        Assert.Equal(Watchdog.Limit + 1, BeatsUntil(StuckVerdict.Stuck));
    }

    [Fact]
    public void InterruptsWithoutAnEnd_AreStuckInTheEnd()
    {
        CurrentProcessor.IsInInterrupt = true;
        _processor.Progress++;
        int beats = 1;
        for (; beats < 20 * Watchdog.Limit; beats++)
        {
            _processor.Interrupts++;
            if (_watchdog.Judge(_interruptsAreOn) == StuckVerdict.Stuck)
            {
                break;
            }
        }

        Assert.Equal(Watchdog.StormLimit + 1, beats);
    }

    [Fact]
    public void WhoWaitsForAnotherProcessor_IsFoundLongAfterTheOneThatIsStuck()
    {
        CurrentProcessor.IsWaiting = true;
        Assert.Equal(Watchdog.WaitLimit, BeatsUntil(StuckVerdict.Stuck));
    }

    [Fact]
    public void AnInterruptHandlerThatWaits_IsFoundAsLate()
    {
        CurrentProcessor.IsInInterrupt = true;
        CurrentProcessor.IsWaiting = true;
        Assert.Equal(Watchdog.WaitLimit, BeatsUntil(StuckVerdict.Stuck));
    }

    [Fact]
    public void WhoHasWaited_IsNotStuckAtOnce()
    {
        CurrentProcessor.IsWaiting = true;
        Assert.Equal(-1, BeatsUntil(StuckVerdict.Stuck, Watchdog.WaitLimit / 2));
        CurrentProcessor.IsWaiting = false;
        Assert.Equal(Watchdog.Limit / 2, BeatsUntil(StuckVerdict.Stuck));
    }

    [Fact]
    public void AHostTaskThatCanBePreempted_MayWorkForAsLongAsItLikes()
    {
        _processor.Task = new IdleTask();
        _interruptsAreOn = true;
        Assert.Equal(-1, BeatsUntil(StuckVerdict.Stuck));

        // With interrupts off, or with a lock that keeps the processor, it holds the others up.
        _interruptsAreOn = false;
        Assert.Equal(Watchdog.Limit, BeatsUntil(StuckVerdict.Stuck));
        _watchdog.Left();
        _interruptsAreOn = true;
        var vmLock = new VmLock();
        vmLock.Acquire();
        Assert.Equal(Watchdog.Limit, BeatsUntil(StuckVerdict.Stuck));
        vmLock.Release();
    }

    [Fact]
    public void AHandlerOfAVirtualCpu_IsStuckWithInterruptsOnToo()
    {
        _interruptsAreOn = true;
        Assert.Equal(Watchdog.Limit, BeatsUntil(StuckVerdict.Stuck));
    }

    [Fact]
    public void BeforeThereIsAProcessor_NothingIsStuck()
    {
        CurrentProcessor.Owner = null;
        Assert.Equal(-1, BeatsUntil(StuckVerdict.Stuck));
        Assert.Equal(10UL * Watchdog.Limit, _watchdog.Beats);
    }

    private int BeatsUntil(StuckVerdict verdict, int limit = 10 * Watchdog.Limit)
    {
        for (int beat = 1; beat <= limit; beat++)
        {
            if (_watchdog.Judge(_interruptsAreOn) == verdict)
            {
                return beat;
            }
        }

        return -1;
    }

    private sealed class IdleTask : HostTask
    {
        public IdleTask()
            : base("idle", default)
        {
        }

        protected override void Run()
        {
        }

        protected override void OnFault(FaultKind kind)
        {
        }
    }
}

// SPDX-License-Identifier: MIT
using System;
using Hypervisor.Machine.Scheduling;
using Hypervisor.Memory;
using Hypervisor.Platform;
using Hypervisor.X64;
using Xunit;

namespace Hypervisor.Unit.Machine.Scheduling;

/// <summary>What schedulers of several processors tell each other, step by step and in one chosen order.</summary>
public sealed class SchedulersTests : IDisposable
{
    private readonly Processor[] _processors = new Processor[3];
    private readonly Scheduler[] _schedulers = new Scheduler[3];
    private readonly Schedulers _all;

    public SchedulersTests()
    {
        _ = FakeProcessor.Reset();
        var clock = new HostClock(1_000_000_000);
        for (int index = 0; index < _processors.Length; index++)
        {
            var deadlines = new DeadlineQueue(clock, new DeadlineTimer(clock), 4);
            _processors[index] = new Processor(index, (uint)index, deadlines);
            _schedulers[index] = new Scheduler(_processors[index], clock);
        }

        _all = new Schedulers(_schedulers);
    }

    public void Dispose() => CurrentProcessor.Owner = null;

    [Fact]
    public void AnIdleProcessor_HasAllLookThatMayHaveSomethingToGive()
    {
        Schedulable[] running = new Schedulable[3];
        for (int index = 0; index < running.Length; index++)
        {
            On(index).Add(Guest());
            running[index] = _schedulers[index].BeginNext()!;
        }

        // One of the two may begin to run what it has waiting before the question reaches it.
        _schedulers[1].Add(Guest());
        _schedulers[2].Add(Guest());
        Assert.False(_processors[1].NeedsReschedule || _processors[2].NeedsReschedule);
        On(0).EndSlice(running[0], SliceOutcome.Wait);
        Assert.Null(_schedulers[0].BeginNext());
        Assert.True(_processors[1].NeedsReschedule && _processors[2].NeedsReschedule);
    }

    /// <summary>Were it asked, it would look, find nothing to give, and the other would ask again soon.</summary>
    [Fact]
    public void AProcessorWhoseVcpusAreOutOfBudget_IsNotAsked()
    {
        On(1).Add(OutOfBudget());
        Assert.Null(_schedulers[1].BeginNext());
        Assert.Null(On(0).BeginNext());
        Assert.False(_processors[1].NeedsReschedule);

        // And where one of them may run again it is.
        _schedulers[1].Add(Guest());
        _processors[1].NeedsReschedule = false;
        Assert.Null(_schedulers[0].BeginNext());
        Assert.True(_processors[1].NeedsReschedule);
    }

    [Fact]
    public void AVcpuThatRunsBesideAPinnedOneThatIsOutOfBudget_IsNotAskedFor()
    {
        On(1).Add(Guest());
        _ = _schedulers[1].BeginNext();
        _schedulers[1].Add(OutOfBudget(pin: 1));
        Assert.False(_processors[1].NeedsReschedule);
        Assert.Null(On(0).BeginNext());
        Assert.False(_processors[1].NeedsReschedule);

        // And where a pinned one may run it is.
        _schedulers[1].Add(new TestWork(isGuest: true, pin: 1));
        _processors[1].NeedsReschedule = false;
        Assert.Null(_schedulers[0].BeginNext());
        Assert.True(_processors[1].NeedsReschedule);
    }

    /// <summary>An interrupt has it look at its queue while the vCPU is on its way; then another one gives.</summary>
    [Fact]
    public void AnIdleProcessorThatOneGivesTo_IsNotGivenAnother()
    {
        Schedulable other = RunOn(0);
        Schedulable running = RunOn(2);
        TestWork waiting = Guest();
        _schedulers[2].Add(waiting);
        On(0).EndSlice(other, SliceOutcome.Wait);
        Assert.Null(_schedulers[0].BeginNext());
        void OnTheWay()
        {
            Assert.Null(On(0).BeginNext());
            On(2).EndSlice(running, SliceOutcome.Preempted);
            _ = _schedulers[2].BeginNext();
            _ = On(1);
        }

        _schedulers[1].Add(new TestWork(isGuest: true) { Leaving = OnTheWay });
        _schedulers[1].Add(new TestWork(isGuest: true) { Leaving = OnTheWay });
        _ = On(1).BeginNext();
        Assert.Same(_schedulers[2], running.Scheduler);
        Assert.Same(_schedulers[2], waiting.Scheduler);

        // The claim ends with what comes: the next time that it has nothing to do it is given something again.
        Assert.True(On(0).TryRunNext());
        Assert.Null(_schedulers[0].BeginNext());
        Assert.True(_schedulers[0].TryClaim(ProcessorActivity.Idle));
    }

    [Fact]
    public void AVcpuThatWakesBesideAHostTask_IsGivenToAnIdleProcessor()
    {
        TestWork guest = Guest();
        On(1).Add(guest);
        Assert.True(_schedulers[1].TryRunNext());
        _schedulers[1].Add(new TestWork(isUrgent: true));
        _ = _schedulers[1].BeginNext();
        _ = On(0).BeginNext();
        _ = On(2).BeginNext();
        _ = On(1);
        Assert.False(_processors[1].NeedsReschedule);
        guest.Wake();
        Assert.True(_processors[1].NeedsReschedule);
    }

    /// <summary>It has its state here, and would have to come back when something wakes there.</summary>
    [Theory]
    [InlineData(10)]
    [InlineData(1000)]
    public void WhatRuns_Stays_AndWhatWakesBesideItGoes(int weight)
    {
        Schedulable other = RunOn(0);
        _ = RunOn(2);
        TestWork woken = Guest(weight);
        _ = woken.Then(SliceOutcome.Wait, static () => FakeProcessor.Current.Timestamp += 1_000_000);
        On(1).Add(woken);
        Assert.True(_schedulers[1].TryRunNext());
        Schedulable running = RunOn(1);
        On(0).EndSlice(other, SliceOutcome.Wait);
        Assert.Null(_schedulers[0].BeginNext());
        FakeProcessor.Current.Timestamp += 5_000_000;
        woken.Wake();
        On(1).EndSlice(running, SliceOutcome.Preempted);
        Assert.Same(running, _schedulers[1].BeginNext());
        Assert.Same(_schedulers[0], woken.Scheduler);
    }

    /// <summary>
    /// The caller has read the vCPU's scheduler, and before that one's lock is held the vCPU has gone to another.
    /// </summary>
    [Fact]
    public void AWakeThatComesToTheSchedulerBefore_ReachesTheVcpuWhereItIs()
    {
        TestWork guest = Guest();
        On(1).Add(guest);
        Assert.True(_schedulers[1].TryRunNext());
        Assert.Equal(SchedulableState.Waiting, guest.State);
        _schedulers[0].Ready(guest);
        Assert.Equal(SchedulableState.Ready, guest.State);
        Assert.False(On(0).TryRunNext());
        Assert.True(On(1).TryRunNext());
        Assert.Equal(2, guest.Ran);
    }

    [Fact]
    public void Slices_AreCountedOnAllProcessors()
    {
        On(0).Add(Guest());
        Assert.True(_schedulers[0].TryRunNext());
        On(2).Add(Guest());
        Assert.True(_schedulers[2].TryRunNext());
        Assert.Equal(2UL, _all.Slices);
    }

    private static TestWork Guest(int weight = 100) => new(isGuest: true, weight: weight);

    /// <summary>Has the processor begin to run a vCPU.</summary>
    private Schedulable RunOn(int index)
    {
        TestWork guest = Guest();
        On(index).Add(guest);
        Assert.Same(guest, _schedulers[index].BeginNext());
        return guest;
    }

    private static TestWork OutOfBudget(int pin = -1)
    {
        var share = new ProcessorShare(1, 0);
        _ = share.Take(FakeProcessor.Current.Timestamp, ProcessorShare.PeriodNanoseconds);
        return new TestWork(isGuest: true, pin: pin, share: share);
    }

    /// <summary>What follows runs on this processor.</summary>
    private Scheduler On(int index)
    {
        CurrentProcessor.Owner = _processors[index];
        return _schedulers[index];
    }
}

// SPDX-License-Identifier: MIT
using System;
using System.Collections.Generic;
using Hypervisor.Machine.Scheduling;
using Hypervisor.Memory;
using Hypervisor.Platform;
using Hypervisor.X64;
using Xunit;

namespace Hypervisor.Unit.Machine.Scheduling;

/// <summary>
/// The states of what is scheduled: nothing that is woken goes to sleep over it, whenever the wake-up comes, and
/// nothing runs that has not been woken.
/// </summary>
public sealed class SchedulerTests : IDisposable
{
    private readonly Processor _processor;
    private readonly Scheduler _scheduler;

    public SchedulerTests()
    {
        _ = FakeProcessor.Reset();
        var clock = new HostClock(1_000_000_000);
        _processor = new Processor(0, 0, new DeadlineQueue(clock, new DeadlineTimer(clock), 4));
        CurrentProcessor.Owner = _processor;
        _scheduler = new Scheduler(_processor, clock);
    }

    public void Dispose() => CurrentProcessor.Owner = null;

    [Fact]
    public void WhatWaits_DoesNotRunUntilItIsWoken()
    {
        TestWork work = Add(new TestWork());
        RunAll();
        Assert.Equal(1, work.Ran);
        Assert.Equal(SchedulableState.Waiting, work.State);
        work.Wake();
        Assert.Equal(SchedulableState.Ready, work.State);
        Assert.True(_processor.NeedsReschedule);
        RunAll();
        Assert.Equal(2, work.Ran);
    }

    [Fact]
    public void AWakeBetweenTheLastLookAndTheWait_IsNotLost()
    {
        // The slice has looked, finds nothing to do, is woken from an interrupt, and only then says that it waits.
        TestWork work = Add(new TestWork());
        _ = work.Then(SliceOutcome.Wait, work.Wake);
        RunAll();
        Assert.Equal(2, work.Ran);
        Assert.Equal(SchedulableState.Waiting, work.State);
    }

    [Fact]
    public void AWakeOfWhatIsPreemptedBetweenLookAndWait_IsNotLost()
    {
        // It has looked and is preempted; while it is in the queue it is woken; its next slice begins behind the look.
        TestWork work = Add(new TestWork());
        _ = work.Then(SliceOutcome.Preempted).Then(SliceOutcome.Wait);
        Assert.True(_scheduler.TryRunNext());
        Assert.Equal(SchedulableState.Ready, work.State);
        work.Wake();
        Assert.Equal(SchedulableState.ReadyWoken, work.State);
        RunAll();
        Assert.Equal(3, work.Ran);
        Assert.Equal(SchedulableState.Waiting, work.State);
    }

    [Fact]
    public void AWakeBetweenLookAndPreemption_IsNotLost()
    {
        // The same with the wake-up before the preemption: it runs when it is woken.
        TestWork work = Add(new TestWork());
        _ = work.Then(SliceOutcome.Preempted, work.Wake).Then(SliceOutcome.Wait);
        Assert.True(_scheduler.TryRunNext());
        Assert.Equal(SchedulableState.ReadyWoken, work.State);
        RunAll();
        Assert.Equal(3, work.Ran);
    }

    [Fact]
    public void APreemptionWithoutAWake_LeavesNoneBehind()
    {
        TestWork work = Add(new TestWork());
        _ = work.Then(SliceOutcome.Preempted).Then(SliceOutcome.Wait);
        RunAll();
        Assert.Equal(2, work.Ran);
        Assert.Equal(SchedulableState.Waiting, work.State);
    }

    [Fact]
    public void AWakeOutlivesEveryPreemptionUntilTheWait()
    {
        TestWork work = Add(new TestWork());
        _ = work.Then(SliceOutcome.Preempted, work.Wake).Then(SliceOutcome.Preempted).Then(SliceOutcome.Preempted)
            .Then(SliceOutcome.Wait);
        RunAll();
        Assert.Equal(5, work.Ran);
    }

    [Fact]
    public void ManyWakes_AreOne()
    {
        TestWork work = Add(new TestWork());
        RunAll();
        work.Wake();
        work.Wake();
        work.Wake();
        RunAll();

        // One slice for the first, and one because the others came before that slice had looked.
        Assert.Equal(3, work.Ran);
        Assert.False(_scheduler.TryRunNext());
    }

    [Fact]
    public void WhatIsFinished_IsToldSoAndCannotBeWoken()
    {
        TestWork work = Add(new TestWork());
        _ = work.Then(SliceOutcome.Finished, work.Wake);
        RunAll();
        Assert.True(work.HasEnded);
        work.Wake();
        RunAll();
        Assert.Equal(1, work.Ran);
        Assert.Equal(SchedulableState.Finished, work.State);
        _scheduler.Add(work);
        RunAll();
        Assert.Equal(2, work.Ran);
    }

    [Fact]
    public void WhatIsUrgent_GoesFirstWhenItIsWoken_AndTakesTurnsWhenItYields()
    {
        var order = new List<string>();
        TestWork first = Add(new TestWork().Then(SliceOutcome.Preempted, () => order.Add("first")));
        TestWork second = Add(new TestWork());
        _ = second.Then(SliceOutcome.Wait, () => order.Add("second"));
        TestWork task = Add(new TestWork(isUrgent: true));
        _ = task.Then(SliceOutcome.Preempted, () => order.Add("task")).Then(SliceOutcome.Wait, () => order.Add("task"));
        _ = first.Then(SliceOutcome.Wait, () => order.Add("first"));
        RunAll();
        Assert.Equal("task", order[0]);
        Assert.Equal(["first", "second"], order.GetRange(1, 2));
        Assert.Equal(2, order.FindAll(static name => name == "task").Count);
    }

    [Fact]
    public void ASlice_EndsAtItsDeadline()
    {
        TestWork work = Add(new TestWork());
        _ = work.Then(SliceOutcome.Preempted, () =>
        {
            Assert.False(_processor.NeedsReschedule);
            FakeProcessor.Current.Timestamp += Scheduler.SliceNanoseconds - 1000;
            _processor.Deadlines.OnInterrupt();
            Assert.False(_processor.NeedsReschedule);
            FakeProcessor.Current.Timestamp += 2000;
            _processor.Deadlines.OnInterrupt();
            Assert.True(_processor.NeedsReschedule);
        });
        RunAll();
        Assert.Equal(2, work.Ran);
    }

    [Fact]
    public void WhatIsMadeReadyByAClockThatIsALittleBehind_IsNotTakenForLongBehind()
    {
        FakeProcessor.Current.Timestamp = 1000;
        TestWork running = Add(new TestWork());
        ulong began = FakeProcessor.Current.Timestamp;
        Assert.Same(running, _scheduler.BeginNext());
        FakeProcessor.Current.Timestamp = began - 1;
        _ = Add(new TestWork());
        Assert.False(_processor.NeedsReschedule);
    }

    /// <summary>
    /// Every order of a look, a wake-up and a preemption: whoever was woken after its last look runs again, and at the
    /// end all that was to be done is done.
    /// </summary>
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void AnyOrderOfLooksWakesAndPreemptions_LeavesNothingUndone(int seed)
    {
        var random = new Random(seed);
        for (int round = 0; round < 2000; round++)
        {
            int posted = 0;
            int left = 0;
            bool hasLooked = false;
            bool isCalm = false;
            var work = new TestWork(isUrgent: random.Next(2) == 0);
            void MayPost()
            {
                if (!isCalm && random.Next(3) == 0)
                {
                    posted++;
                    left++;
                    work.Wake();
                }
            }

            // A task is a loop of "do what there is; wait", which a preemption may cut in between.
            work.Otherwise = () =>
            {
                MayPost();
                left = hasLooked ? left : 0;
                MayPost();
                hasLooked = !isCalm && random.Next(3) == 0;
                return hasLooked ? SliceOutcome.Preempted : SliceOutcome.Wait;
            };
            _scheduler.Add(work);
            for (int step = 0; step < 12; step++)
            {
                _ = _scheduler.TryRunNext();
                MayPost();
            }

            isCalm = true;
            RunAll();
            Assert.True(left == 0, $"round {round}: {left} of {posted} were left");
        }
    }

    private TestWork Add(TestWork work)
    {
        _scheduler.Add(work);
        return work;
    }

    private void RunAll()
    {
        for (int slices = 0; _scheduler.TryRunNext(); slices++)
        {
            Assert.True(slices < 1000, "something never waits");
        }
    }
}

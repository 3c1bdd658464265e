// SPDX-License-Identifier: MIT
using System;
using System.Collections.Generic;
using System.Linq;
using Hypervisor.Machine.Scheduling;
using Hypervisor.Platform;
using Xunit;

namespace Hypervisor.Unit.Machine.Scheduling;

public sealed class RunQueueTests
{
    private ulong _length = 1;

    [Fact]
    public void EmptyQueue_HasNothingToRun()
    {
        Assert.Null(new RunQueue().TakeNext(0, true, ref _length));
    }

    [Fact]
    public void AnySequence_GivesUrgentThingsInTheirOrder_AndTheOthersByVirtualTime()
    {
        var random = new Random(7);
        var queue = new RunQueue();
        var urgent = new Queue<Schedulable>();
        var fair = new List<Schedulable>();
        for (int step = 0; step < 10_000; step++)
        {
            if (random.Next(2) == 0)
            {
                var item = new TestWork { IsHurried = random.Next(3) == 0, VirtualTime = (ulong)random.Next(100) };
                queue.Add(item);
                if (item.IsHurried)
                {
                    urgent.Enqueue(item);
                }
                else
                {
                    fair.Add(item);
                }
            }
            else
            {
                Assert.Same(Expected(urgent, fair), queue.TakeNext(0, true, ref _length));
            }

            Assert.Equal(urgent.Count + fair.Count, queue.Count);
        }
    }

    [Fact]
    public void VirtualTimes_GoRound()
    {
        var queue = new RunQueue();
        var old = new TestWork { VirtualTime = ulong.MaxValue - 5 };
        queue.Add(new TestWork { VirtualTime = 5 });
        queue.Add(old);
        Assert.Same(old, queue.TakeNext(0, true, ref _length));
    }

    [Fact]
    public void WhoYields_IsPassedOverOnce()
    {
        var queue = new RunQueue();
        var waiter = new TestWork { VirtualTime = 1, HasYielded = true };
        var owner = new TestWork { VirtualTime = 9 };
        queue.Add(waiter);
        Assert.Same(waiter, queue.TakeNext(0, true, ref _length));
        waiter.HasYielded = true;
        queue.Add(waiter);
        queue.Add(owner);
        Assert.Same(owner, queue.TakeNext(0, true, ref _length));
        queue.Add(owner);
        Assert.Same(waiter, queue.TakeNext(0, true, ref _length));
    }

    private static Schedulable? Expected(Queue<Schedulable> urgent, List<Schedulable> fair)
    {
        if (urgent.TryDequeue(out Schedulable? first))
        {
            return first;
        }

        Schedulable? least = fair.MinBy(static item => item.VirtualTime);
        _ = least != null && fair.Remove(least);
        return least;
    }
}

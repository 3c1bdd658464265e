// SPDX-License-Identifier: MIT
using System;
using System.Collections.Generic;
using Hypervisor.Machine.Scheduling;
using Hypervisor.Platform;
using Xunit;

namespace Hypervisor.Unit.Machine.Scheduling;

public sealed class RunQueueTests
{
    private sealed class Item : Schedulable
    {
        public override SliceOutcome RunSlice() => SliceOutcome.Finished;
    }

    [Fact]
    public void EmptyQueue_HasNothingToRun()
    {
        Assert.Null(new RunQueue().TakeFirst());
    }

    [Fact]
    public void AnySequence_BehavesAsADoubleEndedList()
    {
        var random = new Random(7);
        var queue = new RunQueue();
        var model = new LinkedList<Schedulable>();
        for (int step = 0; step < 10_000; step++)
        {
            switch (random.Next(3))
            {
                case 0:
                    var last = new Item();
                    queue.Append(last);
                    model.AddLast(last);
                    break;
                case 1:
                    var first = new Item();
                    queue.Prepend(first);
                    model.AddFirst(first);
                    break;
                default:
                    Assert.Same(model.First?.Value, queue.TakeFirst());
                    if (model.Count > 0)
                    {
                        model.RemoveFirst();
                    }

                    break;
            }

            Assert.Equal(model.Count, queue.Count);
        }
    }
}

// SPDX-License-Identifier: MIT
using System;
using System.Collections.Generic;
using System.Linq;
using Hypervisor.Platform;
using Xunit;

namespace Hypervisor.Unit.Platform;

public sealed class AlarmHeapTests
{
    private sealed class Timer : Alarm
    {
        public override void Fire(ulong now)
        {
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void AnySequenceOfSetAndRemove_KeepsTheEarliestOnTop(int seed)
    {
        var random = new Random(seed);
        Timer[] timers = Enumerable.Range(0, 24).Select(_ => new Timer()).ToArray();
        var heap = new AlarmHeap(timers.Length);
        var model = new Dictionary<Timer, ulong>();
        for (int step = 0; step < 20_000; step++)
        {
            Timer timer = timers[random.Next(timers.Length)];
            if (random.Next(3) == 0)
            {
                heap.Remove(timer);
                model.Remove(timer);
            }
            else
            {
                ulong deadline = (ulong)random.Next(1000);
                heap.Set(timer, deadline);
                model[timer] = deadline;
            }

            Assert.Equal(model.Count, heap.Count);
            Assert.Equal(model.ContainsKey(timer), timer.IsArmed);
            if (model.Count == 0)
            {
                Assert.Null(heap.First);
            }
            else
            {
                Assert.Equal(model.Values.Min(), heap.First!.Deadline);
                Assert.Equal(model[(Timer)heap.First], heap.First.Deadline);
            }
        }
    }
}

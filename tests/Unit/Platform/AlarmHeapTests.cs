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
    public void AnySequence_KeepsTheEarliestOnTopAndTakesOnlyWhatIsDue(int seed)
    {
        var random = new Random(seed);
        Timer[] timers = Enumerable.Range(0, 24).Select(_ => new Timer()).ToArray();
        var heap = new AlarmHeap(timers.Length);
        var model = new Dictionary<Timer, ulong>();
        for (int step = 0; step < 20_000; step++)
        {
            Timer timer = timers[random.Next(timers.Length)];
            int choice = random.Next(4);
            if (choice == 0)
            {
                heap.Remove(timer);
                model.Remove(timer);
            }
            else if (choice == 1)
            {
                ulong now = (ulong)random.Next(200);
                ulong earliest = model.Count == 0 ? ulong.MaxValue : model.Values.Min();
                Assert.Equal(earliest <= now, heap.TryTakeDue(now, out Alarm? due));
                Assert.Equal(earliest <= now, due != null);
                if (due != null)
                {
                    Assert.Equal(earliest, model[(Timer)due]);
                    Assert.False(due.IsArmed);
                    model.Remove((Timer)due);
                }
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

// SPDX-License-Identifier: MIT
using System;
using System.Diagnostics;
using System.Linq;
using System.Threading;
using Hypervisor.Machine.Scheduling;
using Hypervisor.Memory;
using Hypervisor.Platform;
using Hypervisor.X64;
using Xunit;

namespace Hypervisor.Unit.Machine.Scheduling;

/// <summary>
/// The schedulers on real threads, one a processor: what a simulation on one thread cannot meet, a wake-up between any
/// two instructions of another processor.
/// </summary>
public sealed class SchedulerThreadsTests
{
    private const int Processors = 3;
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(20);

    private readonly HostClock _clock = new(1_000_000_000);
    private readonly Scheduler[] _schedulers = new Scheduler[Processors];
    private readonly Processor[] _processors = new Processor[Processors];
    private volatile bool _isOver;

    [Fact]
    public void WakesAndMigrationsAtAnyMoment_LoseNothing_AndNothingRunsTwice()
    {
        for (int index = 0; index < Processors; index++)
        {
            var deadlines = new DeadlineQueue(_clock, new DeadlineTimer(_clock), 4);
            _processors[index] = new Processor(index, (uint)index, deadlines);
            _schedulers[index] = new Scheduler(_processors[index], _clock);
        }

        var all = new Schedulers(_schedulers);
        var cpus = new ThreadedCpu[8];
        for (int index = 0; index < cpus.Length; index++)
        {
            cpus[index] = new ThreadedCpu(cpus, index);
        }

        ThreadedCpu.IsBusy = true;
        Thread[] threads = _processors.Select(processor => new Thread(() => Run(processor))).ToArray();
        Array.ForEach(threads, static thread => thread.Start());
        Array.ForEach(cpus, cpu => all.ChooseFor(cpu).Add(cpu));
        var watch = Stopwatch.StartNew();
        while (watch.ElapsedMilliseconds < 1500 || (Moves(cpus) <= 20 && watch.Elapsed < s_patience))
        {
            cpus[watch.ElapsedTicks % cpus.Length].Post();
        }

        ThreadedCpu.IsBusy = false;
        bool isDone = SpinWait.SpinUntil(() => cpus.All(IsAtRest), s_patience);
        _isOver = true;
        Array.ForEach(threads, static thread => Assert.True(thread.Join(s_patience)));
        Assert.True(isDone, "a wake-up was lost");
        Assert.All(cpus, static cpu => Assert.Equal(0, cpu.Collisions));
        Assert.True(Moves(cpus) > 20, "hardly anything moved");
    }

    private static long Moves(ThreadedCpu[] cpus) => cpus.Sum(static cpu => (long)cpu.Statistics.Migrations);

    private static bool IsAtRest(ThreadedCpu cpu) => cpu.Posted == 0 && cpu.State == SchedulableState.Waiting;

    /// <summary>A processor's loop; where a real one halts it spins until it is told to look.</summary>
    private void Run(Processor processor)
    {
        CurrentProcessor.Owner = processor;
        FakeProcessor hardware = FakeProcessor.Reset();
        long begin = Stopwatch.GetTimestamp();
        while (!_isOver)
        {
            // A hundred times as fast as it is, so that loads are balanced all the time.
            hardware.Timestamp = (ulong)Stopwatch.GetElapsedTime(begin).Ticks * 10_000;
            if (!_schedulers[processor.Index].TryRunNext())
            {
                while (!processor.NeedsReschedule && !_isOver)
                {
                    _ = Thread.Yield();
                }
            }
        }
    }
}

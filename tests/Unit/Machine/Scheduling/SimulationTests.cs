// SPDX-License-Identifier: MIT
using System;
using System.Collections.Generic;
using System.Linq;
using FsCheck;
using FsCheck.Fluent;
using Hypervisor.Machine.Scheduling;
using Hypervisor.Platform;
using Hypervisor.Simulated;
using Xunit;
using Xunit.Abstractions;

namespace Hypervisor.Unit.Machine.Scheduling;

/// <summary>
/// What the scheduler promises, for any VMs: each property with the bound that ARCHITECTURE.md states. Steps and
/// interrupts of the simulated processors take up to 2 us, which is where the small slack comes from.
/// </summary>
public sealed class SimulationTests(ITestOutputHelper output)
{
    private const ulong Millisecond = 1_000_000;
    private const ulong Second = 1000 * Millisecond;
    private const ulong Slice = Scheduler.SliceNanoseconds;
    private const ulong Period = ProcessorShare.PeriodNanoseconds;

    /// <summary>Latencies of one period: the ends of slices, the choices, and as many wake-ups.</summary>
    private const ulong Slack = 500_000;

    /// <summary>
    /// An idle processor's question and the answer, each with the steps of a processor's loop that it meets.
    /// </summary>
    private const ulong TwoInterrupts = 50_000;

    [Fact]
    public void OneProcessor_IsSharedByWeight_AndNobodyStarves() => ForAnySeed(60, (random, seed) =>
    {
        using var simulation = new Simulation(1, seed);
        List<SimulatedVm> vms = BusyVms(simulation, random, random.Next(2, 8), 1);
        ulong time = 20 * Second;
        simulation.RunFor(time);
        double all = vms.Sum(static vm => (double)vm.Weight);
        foreach (SimulatedVm vm in vms)
        {
            double part = vm.Weight / all;
            double bound = (Slice * (1.0 + (vms.Count * part))) + (0.001 * time * part);
            Assert.True(Math.Abs(vm.Ran - (part * time)) <= bound, $"{vm.Ran} of {part * time}, bound {bound}");
            double longest = (Slice / part) + ((double)vms.Count * Slice) + Slack;
            Assert.True(vm.Cpus[0].Statistics.LongestWait <= longest, "it starves");
        }
    });

    [Fact]
    public void SeveralProcessors_AreSharedByWeight() => ForAnySeed(40, (random, seed) =>
    {
        int processors = random.Next(2, 5);
        using var simulation = new Simulation(processors, seed);

        // No VM is worth more than one processor here: one vCPU could not have more.
        var vms = new List<SimulatedVm>();
        int count = processors + random.Next(1, 2 * processors);
        for (int index = 0; index < count; index++)
        {
            vms.Add(new SimulatedVm(random.Next(100, 151)));
            _ = simulation.Start(new SimulatedCpu(vms[^1]));
        }

        ulong time = 20 * Second;
        simulation.RunFor(time);
        double all = vms.Sum(static vm => (double)vm.Weight);
        foreach (SimulatedVm vm in vms)
        {
            double due = Math.Min(1, vm.Weight * processors / all) * time;
            double error = Math.Abs(vm.Ran - due) / due;
            RunStatistics statistics = vm.Cpus[0].Statistics;
            output.WriteLine($"{processors} processors, {count} VMs: {error:p1}, {statistics.Migrations} moves");
            Assert.True(error < 0.10, $"seed {seed}: {vm.Ran} of {due}");
            Assert.True(statistics.LongestWait <= 3 * Period, $"seed {seed}: waited {statistics.LongestWait}");
        }
    });

    [Fact]
    public void ACap_IsNeverExceeded_AndCanBeUsed() => ForAnySeed(40, (random, seed) =>
    {
        int processors = random.Next(1, 5);
        using var simulation = new Simulation(processors, seed);
        int cpus = random.Next(1, 5);
        var capped = new SimulatedVm(random.Next(1, 10_000), random.Next(1, 100 * cpus));
        for (int cpu = 0; cpu < cpus; cpu++)
        {
            _ = simulation.Start(new SimulatedCpu(capped, cpus));
        }

        bool isAlone = random.Next(2) == 0;
        if (!isAlone)
        {
            _ = BusyVms(simulation, random, random.Next(1, 5), 1);
            _ = Sleepers(simulation, random, 2);
        }

        simulation.RunFor(3 * Second);
        ulong cap = (ulong)capped.Cap * Millisecond;
        ulong possible = Math.Min(cap, (ulong)Math.Min(processors, cpus) * Period);
        for (ulong period = 1; period < 30; period++)
        {
            Assert.True(capped.RanIn(period) <= cap + (ulong)(cpus * 20_000), $"{capped.RanIn(period)} of {cap}");
            ulong least = possible - Math.Min(possible, Slice + Slack);
            Assert.True(!isAlone || capped.RanIn(period) >= least, $"{capped.RanIn(period)} < {least}");
        }
    });

    [Fact]
    public void AReserve_IsMetInEveryPeriod() => ForAnySeed(40, (random, seed) =>
    {
        int processors = random.Next(1, 5);
        using var simulation = new Simulation(processors, seed);
        const int Most = 40;
        var vms = new List<SimulatedVm>();
        int left = processors == 1 ? 99 : (80 * processors) - ((processors - 1) * Most);
        while (left > 0)
        {
            int reserve = Math.Min(left, random.Next(1, Most + 1));
            left -= reserve;
            vms.Add(new SimulatedVm(random.Next(1, 10), 0, reserve));
            _ = simulation.Start(new SimulatedCpu(vms[^1]));
        }

        for (int index = 0; index < 2 * processors; index++)
        {
            _ = simulation.Start(new SimulatedCpu(new SimulatedVm(random.Next(1000, 10_000))));
        }

        simulation.RunFor(3 * Second);
        foreach (SimulatedVm vm in vms)
        {
            for (ulong period = 1; period < 30; period++)
            {
                ulong reserve = (ulong)vm.Reserve * Millisecond;
                Assert.True(
                    vm.RanIn(period) + (2 * ProcessorShare.SmallestGrant) >= reserve,
                    $"seed {seed}, {processors} processors, period {period}: {vm.RanIn(period)} of {reserve}");
            }
        }
    });

    [Fact]
    public void NoProcessorHalts_WhileSomethingWaitsThatItCouldRun() => ForAnySeed(60, (random, seed) =>
    {
        int processors = random.Next(1, 5);
        using var simulation = new Simulation(processors, seed);
        _ = BusyVms(simulation, random, random.Next(0, processors), 1);
        _ = Sleepers(simulation, random, random.Next(1, 8));
        if (random.Next(2) == 0)
        {
            _ = simulation.Start(new SimulatedCpu(new SimulatedVm(100, random.Next(5, 100))));
        }

        if (random.Next(2) == 0)
        {
            _ = simulation.Start(new SimulatedCpu(200_000UL) { Pause = 5 * Millisecond });
        }

        for (int pinned = random.Next(3); pinned > 0; pinned--)
        {
            var vm = new SimulatedVm(random.Next(10, 1000), random.Next(3) == 0 ? random.Next(5, 100) : 0);
            ulong burst = random.Next(2) == 0 ? 0 : (ulong)random.Next(10_000, 5_000_000);
            var cpu = new SimulatedCpu(vm, 1, random.Next(processors)) { Burst = burst, Pause = 5 * Millisecond };
            _ = simulation.Start(cpu);
        }

        simulation.RunFor(2 * Second);
        output.WriteLine($"{processors} processors: {simulation.LongestIdle} ns");

        Assert.True(simulation.LongestIdle <= TwoInterrupts, $"seed {seed}: {simulation.LongestIdle}");
    });

    /// <summary>All that waits is out of budget: each would have the others look for nothing.</summary>
    [Fact]
    public void IdleProcessors_DoNotAskInVain() => ForAnySeed(20, (random, seed) =>
    {
        int processors = random.Next(2, 5);
        using var simulation = new Simulation(processors, seed);
        for (int index = 0; index < processors; index++)
        {
            _ = simulation.Start(new SimulatedCpu(new SimulatedVm(100, random.Next(1, 60))), index);
        }

        simulation.RunFor(Second);
        output.WriteLine($"{processors} processors: {simulation.Kicks} interrupts");
        Assert.True(simulation.Kicks <= processors * (int)(Second / Period), $"seed {seed}: {simulation.Kicks}");
    });

    [Fact]
    public void WhatWakesSeldom_RunsSoon() => ForAnySeed(40, (random, seed) =>
    {
        int processors = random.Next(1, 3);
        using var simulation = new Simulation(processors, seed);
        _ = BusyVms(simulation, random, 4, 100);
        var seldom = new SimulatedVm(100);
        var cpu = new SimulatedCpu(seldom) { Burst = 100_000, Pause = 50 * Millisecond };
        _ = simulation.Start(cpu);
        simulation.RunFor(Second);
        cpu.Statistics = default;
        simulation.RunFor(5 * Second);
        output.WriteLine($"{processors} processors: {cpu.Statistics.LongestWait} ns");
        Assert.True(cpu.Statistics.LongestWait <= Slice + Slack, $"seed {seed}: {cpu.Statistics.LongestWait}");
    });

    [Fact]
    public void HostTasks_GoFirst_ButLeaveThreeQuartersOfTheTime() => ForAnySeed(20, (random, seed) =>
    {
        using var simulation = new Simulation(1, seed);
        SimulatedVm vm = BusyVms(simulation, random, 1, 100)[0];
        var task = new SimulatedCpu(random.Next(2) == 0 ? 3 * Millisecond : 100_000UL) { Pause = 100_000 };
        _ = simulation.Start(task);
        simulation.RunFor(5 * Second);
        Assert.InRange(task.Vm.Ran, Second, (5 * Second / 4) + (40 * Millisecond));
        Assert.InRange(vm.Ran, (15 * Second / 4) - (60 * Millisecond), 4 * Second);
    });

    [Fact]
    public void ABusyHostTask_HasAQuarterOfTheTime_WhateverTheWeightsOfTheGuests() => ForAnySeed(20, (random, seed) =>
    {
        using var simulation = new Simulation(1, seed);
        var vm = new SimulatedVm(random.Next(2) == 0 ? 10_000 : 10);
        _ = simulation.Start(new SimulatedCpu(vm));
        SimulatedCpu task = simulation.Start(new SimulatedCpu(0UL));
        simulation.RunFor(5 * Second);
        output.WriteLine($"beside weight {vm.Weight}: {task.Vm.Ran * 100.0 / (5 * Second):f1} %");
        Assert.InRange(task.Vm.Ran, (5 * Second / 4) - (20 * Millisecond), (5 * Second / 4) + (40 * Millisecond));
        Assert.InRange(vm.Ran, (15 * Second / 4) - (60 * Millisecond), (15 * Second / 4) + (20 * Millisecond));
    });

    [Fact]
    public void AnExclusiveProcessor_RunsItsOwnVcpuWithoutEnd_AndNoOther() => ForAnySeed(20, (random, seed) =>
    {
        using var simulation = new Simulation(2, seed);
        simulation.All[1].IsExclusive = true;
        var alone = new SimulatedVm(1);
        SimulatedCpu cpu = simulation.Start(new SimulatedCpu(alone, 1, 1));
        List<SimulatedVm> others = BusyVms(simulation, random, 3, 1000);
        _ = Sleepers(simulation, random, 3);
        simulation.RunFor(2 * Second);
        Assert.InRange(cpu.Statistics.Slices, 1UL, 2UL);
        Assert.Equal(0UL, cpu.Statistics.Migrations);
        Assert.All(others, static vm => Assert.Equal(0UL, vm.Cpus[0].Statistics.Migrations));
    });

    [Fact]
    public void APinnedVcpu_NeverMoves_AndTheOthersMakeRoom() => ForAnySeed(20, (random, seed) =>
    {
        int processors = random.Next(2, 5);
        using var simulation = new Simulation(processors, seed);
        int pin = random.Next(processors);
        var bound = new SimulatedVm(100);
        SimulatedCpu cpu = simulation.Start(new SimulatedCpu(bound, 1, pin));
        _ = BusyVms(simulation, random, processors - 1, 100);
        simulation.RunFor(2 * Second);
        Assert.Equal(0UL, cpu.Statistics.Migrations);
        Assert.True(bound.Ran >= (2 * Second) - (2 * Period), $"seed {seed}: {bound.Ran}");
    });

    /// <summary>
    /// The one that could run anywhere wakes beside it again and again, and would be chosen first each time.
    /// </summary>
    [Fact]
    public void APinnedVcpu_IsNotPushedAside_WhileAnotherProcessorIdles() => ForAnySeed(10, (random, seed) =>
    {
        using var simulation = new Simulation(2, seed);
        ulong pause = (ulong)random.Next(400_000, 600_000);
        var light = new SimulatedVm(100);
        var cpu = new SimulatedCpu(light) { Burst = 400_000, Pause = pause, IsRegular = true };
        _ = simulation.Start(cpu, 0);
        simulation.RunFor(10 * Millisecond);
        ulong before = light.Ran;
        var bound = new SimulatedVm(100);
        _ = simulation.Start(new SimulatedCpu(bound, 1, 0));
        simulation.RunFor(2 * Second);
        double part = 2.0 * Second * 400_000 / (400_000 + pause);
        output.WriteLine($"{bound.Ran * 100.0 / (2 * Second):f1} %, {cpu.Statistics.Migrations} moves");
        Assert.True(bound.Ran >= (2 * Second) - Slice - Millisecond, $"seed {seed}: {bound.Ran}");
        Assert.InRange(light.Ran - before, 0.99 * part, 1.01 * part);
        Assert.Equal(1UL, cpu.Statistics.Migrations);
        Assert.True(simulation.LongestIdle <= TwoInterrupts, $"seed {seed}: {simulation.LongestIdle}");
    });

    /// <summary>
    /// A host task that wakes sends it away; it must not be sent back by each vCPU that wakes beside it and could go
    /// itself. Only the average is bounded, of the same seeds each time: with single ones it was moved up to 263 times.
    /// </summary>
    [Fact]
    public void ABusyVcpu_IsSeldomMoved_ByHostTasksAndVcpusThatSleep()
    {
        const int Seeds = 60;
        const ulong MostOnAverage = 40;
        ulong sum = 0;
        for (int seed = 0; seed < Seeds; seed++)
        {
            sum += MovesOfABusyVcpu(new Random(seed), seed);
        }

        output.WriteLine($"{(double)sum / Seeds:f1} moves on the average");
        Assert.InRange(sum, 1UL, Seeds * MostOnAverage);
    }

    private ulong MovesOfABusyVcpu(Random random, int seed)
    {
        int processors = random.Next(2, 5);
        using var simulation = new Simulation(processors, seed);
        List<SimulatedVm> busy = BusyVms(simulation, random, random.Next(1, processors), 100);
        for (int left = random.Next(4); left > 0; left--)
        {
            _ = simulation.Start(new SimulatedCpu(new SimulatedVm(random.Next(10, 1000)))
            {
                Burst = (ulong)random.Next(10_000, 1_000_000),
                Pause = (ulong)random.Next(10_000, 2_000_000),
            });
        }

        ulong burst = (ulong)random.Next(10_000, 500_000);
        _ = simulation.Start(new SimulatedCpu(burst) { Pause = (ulong)random.Next(50_000, 2_000_000) });
        simulation.RunFor(2 * Second);
        ulong moves = busy.Max(static vm => vm.Cpus[0].Statistics.Migrations);
        output.WriteLine($"{processors} processors, {busy.Count} busy: {moves} moves");
        Assert.True(simulation.LongestIdle <= TwoInterrupts, $"seed {seed}: {simulation.LongestIdle}");
        return moves;
    }

    private static void ForAnySeed(int count, Action<Random, int> run) => Check.One(
        FsCheck.Config.QuickThrowOnFailure.WithMaxTest(count),
        Prop.ForAll(Gen.Choose(0, int.MaxValue).ToArbitrary(), seed => run(new Random(seed), seed)));

    private static List<SimulatedVm> BusyVms(Simulation simulation, Random random, int count, int equalWeight)
    {
        var vms = new List<SimulatedVm>();
        for (int index = 0; index < count; index++)
        {
            vms.Add(new SimulatedVm(equalWeight == 1 ? random.Next(10, 1000) : equalWeight));
            _ = simulation.Start(new SimulatedCpu(vms[^1]));
        }

        return vms;
    }

    private static List<SimulatedVm> Sleepers(Simulation simulation, Random random, int count)
    {
        var vms = new List<SimulatedVm>();
        for (int index = 0; index < count; index++)
        {
            vms.Add(new SimulatedVm(random.Next(10, 1000)));
            _ = simulation.Start(new SimulatedCpu(vms[^1])
            {
                Burst = (ulong)random.Next(10_000, 5_000_000),
                Pause = (ulong)random.Next(10_000, 20_000_000),
            });
        }

        return vms;
    }
}

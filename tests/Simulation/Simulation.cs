// SPDX-License-Identifier: MIT
using System;
using System.Collections.Generic;
using Hypervisor.Machine.Scheduling;
using Hypervisor.Memory;
using Hypervisor.Platform;
using Hypervisor.X64;

namespace Hypervisor.Simulated;

/// <summary>
/// Processors, vCPUs and time, around the very scheduler that runs on metal. One thread, so a seed repeats it. At every
/// event it verifies that no wake-up was lost and that no processor halts while something waits that it could run, or
/// that waits for something that it could run.
/// </summary>
internal sealed class Simulation : IDisposable
{
    /// <summary>A step of a processor's loop or an interrupt's way takes up to so many nanoseconds.</summary>
    public const int Latency = 2000;

    private static readonly KickRecorder s_apic = new();

    private readonly Random _random;
    private readonly FakeProcessor _hardware = FakeProcessor.Reset();
    private readonly PriorityQueue<SimulatedCpu, ulong> _posts = new();

    public Simulation(int processors, int seed)
    {
        _random = new Random(seed);
        var clock = new HostClock(1_000_000_000);
        Processors = new SimulatedProcessor[processors];
        var schedulers = new Scheduler[processors];
        for (int index = 0; index < processors; index++)
        {
            Processors[index] = new SimulatedProcessor(this, index, clock);
            schedulers[index] = Processors[index].Scheduler;
        }

        All = new Schedulers(schedulers);
        Processor.KickThrough(s_apic);
        KickRecorder.Kicked = index =>
        {
            Kicks++;
            Processors[(int)index].Kick();
        };
    }

    public SimulatedProcessor[] Processors { get; }

    public Schedulers All { get; }

    public List<SimulatedCpu> Cpus { get; } = [];

    /// <summary>The clock's present; reading the clock moves it on.</summary>
    public ulong Now => _hardware.Timestamp;

    /// <summary>
    /// The longest time that a processor halted while something waited that it could run, or for what it could run.
    /// </summary>
    public ulong LongestIdle { get; private set; }

    /// <summary>So often one processor interrupted another.</summary>
    public int Kicks { get; private set; }

    public void Dispose()
    {
        KickRecorder.Kicked = null;
        CurrentProcessor.Owner = null;
    }

    public ulong Soon() => Now + 1 + (ulong)_random.Next(Latency);

    /// <summary>Between half and one and a half of it.</summary>
    public ulong Vary(ulong nanoseconds) => 1 + (nanoseconds / 2) + (ulong)_random.NextInt64((long)nanoseconds + 1);

    /// <summary>It begins on processor <paramref name="place"/>, or where the schedulers choose.</summary>
    public SimulatedCpu Start(SimulatedCpu cpu, int place = -1)
    {
        Cpus.Add(cpu);
        cpu.Leaving = () => WakeOnTheWay(cpu);
        CurrentProcessor.Owner = Processors[0].Processor;
        if (!cpu.IsBusy)
        {
            cpu.Posted = 1;
        }

        Scheduler scheduler = place >= 0 ? All[place] : cpu.IsGuest ? All.ChooseFor(cpu) : All[0];
        scheduler.Add(cpu);
        return cpu;
    }

    /// <summary>The work of a post is done: the next one comes after a while, sometimes at once.</summary>
    public void PostLater(SimulatedCpu cpu)
    {
        ulong pause = _random.Next(4) == 0 ? (ulong)_random.Next(2 * Latency) : Vary(cpu.Pause);
        _posts.Enqueue(cpu, Now + (cpu.IsRegular ? cpu.Pause : pause));
    }

    public void RunFor(ulong nanoseconds)
    {
        ulong end = Now + nanoseconds;
        while (Now < end)
        {
            SimulatedProcessor next = Processors[0];
            foreach (SimulatedProcessor processor in Processors)
            {
                next = processor.Next < next.Next ? processor : next;
            }

            if (_posts.TryPeek(out SimulatedCpu? cpu, out ulong due) && due <= next.Next)
            {
                _ = _posts.Dequeue();
                AdvanceTo(due);
                Post(cpu);
            }
            else
            {
                AdvanceTo(Math.Min(next.Next, end));
                if (next.Next <= Now)
                {
                    next.Step();
                }
            }

            Verify();
        }
    }

    private void AdvanceTo(ulong moment) => _hardware.Timestamp = Math.Max(Now, moment);

    /// <summary>In an interrupt of any processor.</summary>
    private void Post(SimulatedCpu cpu)
    {
        SimulatedProcessor processor = Processors[_random.Next(Processors.Length)];
        CurrentProcessor.Owner = processor.Processor;
        cpu.Posted++;
        cpu.PostedAt = Now;
        cpu.Wake();
        processor.EndInterrupt();
    }

    /// <summary>A post to a vCPU that is on its way from one processor to another.</summary>
    private void WakeOnTheWay(SimulatedCpu cpu)
    {
        if (!cpu.IsBusy && !cpu.IsRegular && _random.Next(2) == 0)
        {
            cpu.Posted++;
            cpu.Wake();
        }
    }

    private void Verify()
    {
        foreach (SimulatedCpu cpu in Cpus)
        {
            BrokenRule.Unless(cpu.State != SchedulableState.Waiting || cpu.Posted == 0, "a wake-up was lost");
            if (cpu.IsReady && cpu.Share?.IsOutOfBudget(Now) != true)
            {
                VerifyNoneIdles(cpu);
            }
        }
    }

    private void VerifyNoneIdles(SimulatedCpu cpu)
    {
        foreach (SimulatedProcessor processor in Processors)
        {
            bool takes = processor.Scheduler.TakesGuests;
            bool canRun = cpu.IsGuest && (cpu.Pin < 0 ? takes : cpu.Pin == processor.Processor.Index);
            if (processor.Mode == SimulatedMode.Halted && (canRun || (takes && IsHeldUp(cpu))))
            {
                ulong since = Math.Max(processor.HaltedSince, cpu.ReadySince);
                since = canRun ? since : Math.Max(since, PlaceOf(cpu).SliceSince);
                since = cpu.Vm.Cap == 0 ? since : Math.Max(since, Now - (Now % ProcessorShare.PeriodNanoseconds));
                LongestIdle = Math.Max(LongestIdle, Now > since ? Now - since : 0);
            }
        }
    }

    /// <summary>It can run on one processor only, which runs something that could run on any.</summary>
    private bool IsHeldUp(SimulatedCpu cpu) => !cpu.IsMovable && PlaceOf(cpu).Running is { IsMovable: true };

    private SimulatedProcessor PlaceOf(SimulatedCpu cpu) => Processors[((Scheduler)cpu.Scheduler!).Index];
}

// SPDX-License-Identifier: MIT
using System;
using Hypervisor.Machine.Scheduling;
using Hypervisor.Memory;
using Hypervisor.Platform;

namespace Hypervisor.Simulated;

/// <summary>
/// A processor of a simulation: the real scheduler's loop in steps that take time, so that anything can come between.
/// It notices what it is told only by an interrupt, as a real one in its guest or in HLT.
/// </summary>
internal sealed class SimulatedProcessor
{
    private readonly Simulation _simulation;
    private readonly SimulatedTimer _timer = new();
    private ulong _stepAt;
    private ulong _kickAt = ulong.MaxValue;
    private ulong _runsSince;
    private SimulatedCpu? _cpu;

    public SimulatedProcessor(Simulation simulation, int index, HostClock clock)
    {
        _simulation = simulation;
        Processor = new Processor(index, (uint)index, new DeadlineQueue(clock, _timer, 4));
        _timer.Owner = Processor;
        Scheduler = new Scheduler(Processor, clock);
    }

    public Processor Processor { get; }

    public Scheduler Scheduler { get; }

    public SimulatedMode Mode { get; private set; }

    public ulong HaltedSince { get; private set; }

    /// <summary>What runs here, and since when.</summary>
    public SimulatedCpu? Running => _cpu;
    public ulong SliceSince { get; private set; }

    public ulong Next =>
        Math.Min(Mode == SimulatedMode.Halted ? ulong.MaxValue : _stepAt, Math.Min(_timer.Due, _kickAt));

    public void Kick() => _kickAt = Math.Min(_kickAt, _simulation.Soon());

    public void Step()
    {
        CurrentProcessor.Owner = Processor;
        ulong now = _simulation.Now;
        if (_kickAt <= now)
        {
            _kickAt = ulong.MaxValue;
            EndInterrupt();
        }
        else if (_timer.Due <= now)
        {
            _timer.Due = ulong.MaxValue;
            Processor.Deadlines.OnInterrupt();
            EndInterrupt();
        }
        else
        {
            StepLoop();
        }
    }

    /// <summary>It was interrupted: it looks at what it was told.</summary>
    public void EndInterrupt()
    {
        if (Mode == SimulatedMode.Halted)
        {
            Enter(SimulatedMode.Choosing);
        }
        else if (Mode == SimulatedMode.Running && Processor.NeedsReschedule)
        {
            EndSlice(SliceOutcome.Preempted);
        }
    }

    private void StepLoop()
    {
        switch (Mode)
        {
            case SimulatedMode.Choosing:
                _cpu = (SimulatedCpu?)Scheduler.BeginNext();
                if (_cpu == null)
                {
                    Enter(SimulatedMode.Halting);
                    break;
                }

                _cpu.Begin(Processor);
                _runsSince = _simulation.Now;
                SliceSince = _simulation.Now;
                Run(_cpu);
                break;
            case SimulatedMode.Running:
                RunOn(_cpu!);
                break;
            case SimulatedMode.Ending:
                EndSlice(SliceOutcome.Wait);
                break;
            case SimulatedMode.Halting:
                HaltedSince = _simulation.Now;
                Enter(Processor.NeedsReschedule ? SimulatedMode.Choosing : SimulatedMode.Halted);
                break;
        }
    }

    /// <summary>The next burst, or what is left of one; with nothing to do it is about to wait.</summary>
    private void Run(SimulatedCpu cpu)
    {
        if (!cpu.IsBusy && cpu.Left == 0 && cpu.Posted > 0)
        {
            cpu.Posted--;
            cpu.Left = cpu.IsRegular ? cpu.Burst : _simulation.Vary(cpu.Burst);
            if (cpu.IsRegular)
            {
                cpu.Delays.Add(_simulation.Now - cpu.PostedAt);
            }
        }

        bool hasWork = cpu.IsBusy || cpu.Left > 0;
        Enter(hasWork ? SimulatedMode.Running : SimulatedMode.Ending);
        if (hasWork && !Processor.NeedsReschedule)
        {
            _stepAt = cpu.IsBusy ? ulong.MaxValue : _simulation.Now + cpu.Left;
        }
    }

    private void RunOn(SimulatedCpu cpu)
    {
        if (Processor.NeedsReschedule)
        {
            EndSlice(SliceOutcome.Preempted);
            return;
        }

        Account(cpu);
        cpu.Begin(Processor);
        _runsSince = _simulation.Now;
        Run(cpu);
    }

    private void EndSlice(SliceOutcome outcome)
    {
        SimulatedCpu cpu = _cpu!;
        _cpu = null;
        Account(cpu);
        Scheduler.EndSlice(cpu, outcome);
        Enter(SimulatedMode.Choosing);
    }

    private void Account(SimulatedCpu cpu)
    {
        bool hadWork = cpu.Left > 0;
        cpu.End(_runsSince, _simulation.Now);
        if (hadWork && cpu.Left == 0)
        {
            _simulation.PostLater(cpu);
        }
    }

    private void Enter(SimulatedMode mode)
    {
        Mode = mode;
        _stepAt = _simulation.Soon();
    }
}

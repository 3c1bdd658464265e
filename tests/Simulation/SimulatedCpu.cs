// SPDX-License-Identifier: MIT
using System;
using System.Collections.Generic;
using Hypervisor.Memory;
using Hypervisor.Platform;

namespace Hypervisor.Simulated;

/// <summary>
/// A vCPU (or host task) of a simulation. It is busy for ever, or it does a burst of work for every post and waits.
/// </summary>
internal sealed class SimulatedCpu : Schedulable
{
    private Processor? _liveOn;

    public SimulatedCpu(SimulatedVm vm, int cpus = 1, int pin = -1)
    {
        Vm = vm;
        Weight = vm.Weight * WeightUnit / cpus;
        Share = vm.Share;
        Pin = pin;
        IsGuest = true;
        vm.Cpus.Add(this);
    }

    /// <summary>A host task.</summary>
    public SimulatedCpu(ulong burst)
    {
        Vm = new SimulatedVm(100);
        Burst = burst;
        IsUrgent = true;
    }

    public SimulatedVm Vm { get; }

    /// <summary>How long the work of one post takes; 0 for one that is busy for ever.</summary>
    public ulong Burst { get; set; }

    /// <summary>The longest pause between the end of a burst and the next post.</summary>
    public ulong Pause { get; set; }

    public bool IsBusy => Burst == 0;

    /// <summary>Its bursts and pauses are all as long as that; how late it runs after a post is kept.</summary>
    public bool IsRegular { get; set; }

    /// <summary>When the last post came, and how long each one waited.</summary>
    public ulong PostedAt { get; set; }
    public List<ulong> Delays { get; } = [];

    /// <summary>Posts that it has not seen yet, and what is left of the present burst.</summary>
    public int Posted { get; set; }
    public ulong Left { get; set; }

    /// <summary>It runs now.</summary>
    public bool IsRunning { get; private set; }

    /// <summary>What happens while it leaves a processor.</summary>
    public Action? Leaving { get; set; }

    public bool IsReady => State is SchedulableState.Ready or SchedulableState.ReadyWoken;

    /// <summary>Any processor that runs guests may run it.</summary>
    public bool IsMovable => IsGuest && Pin < 0;

    public override SliceOutcome RunSlice() => throw new NotSupportedException();

    public override void LeaveProcessor()
    {
        BrokenRule.Unless(!IsRunning, "it is given away while it runs");
        BrokenRule.Unless(
            _liveOn == null || _liveOn == CurrentProcessor.Owner, "another processor takes its state out");
        Leaving?.Invoke();
        _liveOn = null;
    }

    public void Begin(Processor processor)
    {
        BrokenRule.Unless(!IsRunning, "it runs on two processors");
        BrokenRule.Unless(_liveOn == null || _liveOn == processor, "its state is in another processor");
        BrokenRule.Unless(Pin < 0 || Pin == processor.Index, "it runs where it must not");
        IsRunning = true;
        _liveOn = processor;
    }

    public void End(ulong from, ulong to)
    {
        IsRunning = false;
        Vm.Run(from, to);
        Left -= Math.Min(Left, to - from);
    }
}

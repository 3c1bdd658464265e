// SPDX-License-Identifier: MIT
using System;
using System.Collections.Generic;
using Hypervisor.Platform;

namespace Hypervisor.Unit.Machine.Scheduling;

/// <summary>Something to schedule: each of its slices does one thing that a test has put there.</summary>
internal sealed class TestWork : Schedulable
{
    private readonly Queue<Func<SliceOutcome>> _slices = [];

    public TestWork(
        bool isUrgent = false, bool isGuest = false, int weight = 100, int pin = -1, ProcessorShare? share = null)
    {
        Weight = weight * WeightUnit;
        IsUrgent = isUrgent;
        IsGuest = isGuest;
        Pin = pin;
        Share = share;
    }

    /// <summary>Slices so far.</summary>
    public int Ran { get; private set; }

    public bool HasEnded { get; private set; }

    /// <summary>What a slice does when nothing is left of what was put here one by one.</summary>
    public Func<SliceOutcome> Otherwise { get; set; } = static () => SliceOutcome.Wait;

    /// <summary>What happens while it leaves a processor.</summary>
    public Action? Leaving { get; set; }

    /// <summary>The next slice ends so, after <paramref name="action"/>.</summary>
    public TestWork Then(SliceOutcome outcome, Action? action = null)
    {
        _slices.Enqueue(() =>
        {
            action?.Invoke();
            return outcome;
        });
        return this;
    }

    public override SliceOutcome RunSlice()
    {
        Ran++;
        return _slices.TryDequeue(out Func<SliceOutcome>? slice) ? slice() : Otherwise();
    }

    public override void LeaveProcessor() => Leaving?.Invoke();

    public override void Ended() => HasEnded = true;
}

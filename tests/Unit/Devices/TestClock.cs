// SPDX-License-Identifier: MIT
using System;
using System.Collections.Generic;
using Hypervisor.Virtualization;
using Xunit;

namespace Hypervisor.Unit.Devices;

/// <summary>
/// A clock that tests turn by hand; its TSC runs at 2 GHz, the processor's at another rate. Timers fire in the order of
/// their deadlines.
/// </summary>
internal sealed class TestClock : VirtualClock
{
    private const ulong TicksPerNanosecond = 2;

    private readonly List<VirtualTimer> _armed = [];
    private ulong _now;

    /// <summary>2024-02-28T23:59:50Z, a Wednesday.</summary>
    public ulong StartSeconds { get; set; } = 1_709_164_790;

    public override ulong Nanoseconds => _now;

    public override ulong TimestampCounter => _now * TicksPerNanosecond;

    public override ulong TimestampFrequency => TicksPerNanosecond * 1_000_000_000;

    public override ulong ProcessorTimestampFrequency => 3_000_000_000;

    public override ulong UnixSeconds => StartSeconds + (_now / 1_000_000_000);

    public int ArmedCount => _armed.Count;

    /// <summary>How many timers have fired.</summary>
    public int Fired { get; private set; }

    public override void Arm(VirtualTimer timer, ulong deadline)
    {
        timer.Deadline = deadline;
        if (timer.HeapIndex < 0)
        {
            timer.HeapIndex = 0;
            _armed.Add(timer);
        }
    }

    public override void Cancel(VirtualTimer timer)
    {
        timer.HeapIndex = -1;
        _ = _armed.Remove(timer);
    }

    /// <summary>Lets time pass, firing what becomes due at its moment.</summary>
    public void Advance(ulong nanoseconds)
    {
        ulong end = _now + nanoseconds;
        while (TryNext(end, out VirtualTimer? timer))
        {
            _now = ulong.Max(_now, timer!.Deadline);
            Fire(timer);
        }

        _now = end;
    }

    /// <summary>Lets time pass while the VM is not served, then fires what is due.</summary>
    public void Stall(ulong nanoseconds)
    {
        _now += nanoseconds;
        while (TryNext(_now, out VirtualTimer? timer))
        {
            Fire(timer!);
        }
    }

    /// <summary>
    /// Lets time pass, takes what is due then, and fires it only after <paramref name="sibling"/> has run, a
    /// microsecond later and one before: another vCPU comes between.
    /// </summary>
    public void Overtake(ulong nanoseconds, Action sibling)
    {
        _now += nanoseconds;
        ulong sampled = _now;
        Assert.True(TryNext(_now, out VirtualTimer? timer));
        Cancel(timer!);
        _now += 1000;
        sibling();
        _now += 1000;
        timer!.Fire(sampled);
    }

    private void Fire(VirtualTimer timer)
    {
        Cancel(timer);
        Fired++;
        timer.Fire(_now);
    }

    private bool TryNext(ulong end, out VirtualTimer? next)
    {
        next = null;
        foreach (VirtualTimer timer in _armed)
        {
            if (timer.Deadline <= end && (next is null || timer.Deadline < next.Deadline))
            {
                next = timer;
            }
        }

        return next is not null;
    }
}

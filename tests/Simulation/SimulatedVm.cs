// SPDX-License-Identifier: MIT
using System;
using System.Collections.Generic;
using Hypervisor.Platform;

namespace Hypervisor.Simulated;

/// <summary>A VM of a simulation: its limits, and what it really had, counted by the simulation itself.</summary>
internal sealed class SimulatedVm(int weight, int cap = 0, int reserve = 0)
{
    private readonly Dictionary<ulong, ulong> _used = [];

    public int Weight => weight;

    public int Cap => cap;

    public int Reserve => reserve;

    public ProcessorShare Share { get; } = new(cap, reserve);

    public List<SimulatedCpu> Cpus { get; } = [];

    /// <summary>Nanoseconds that its vCPUs ran.</summary>
    public ulong Ran { get; private set; }

    /// <summary>Nanoseconds that they ran in one period.</summary>
    public ulong RanIn(ulong period) => _used.GetValueOrDefault(period);

    public void Run(ulong from, ulong to)
    {
        Ran += to - from;
        while (from < to)
        {
            ulong end = Math.Min(to, ProcessorShare.EndOfPeriod(from));
            ulong period = from / ProcessorShare.PeriodNanoseconds;
            _used[period] = RanIn(period) + end - from;
            from = end;
        }
    }
}

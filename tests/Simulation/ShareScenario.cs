// SPDX-License-Identifier: MIT
using System;
using System.Linq;

namespace Hypervisor.Simulated;

/// <summary>
/// VMs that share processors, as both the simulation and the bench on a whole board run them; with what each is
/// promised.
/// </summary>
internal sealed record ShareScenario(string Name, int Processors, params ShareVm[] Vms)
{
    /// <summary>An idle VM sleeps no multiple of a period, so that it wakes at every moment of one.</summary>
    private const int Sleep = 17_300;

    public static readonly ShareScenario[] All =
    [
        new("two", 1, new("a"), new("b") { Weight = 300 }),
        new("three", 1,
            new("a"), new("b") { Weight = 200 }, new("c") { Weight = 700, Cap = 40 },
            new("idle") { SleepMicroseconds = Sleep }),
        new("reserve", 1,
            new("a") { Reserve = 40 }, new("b") { Weight = 400 }, new("c") { Weight = 500 },
            new("idle") { SleepMicroseconds = Sleep }),
        new("ten", 1,
            new("a") { Weight = 50 }, new("b"), new("c") { Weight = 150 }, new("d") { Weight = 200 },
            new("e") { Weight = 250 }, new("f") { Weight = 300 }, new("g") { Weight = 50, Reserve = 10 },
            new("h") { Weight = 50, Reserve = 15 }, new("i") { Weight = 400, Cap = 5 },
            new("j") { Weight = 2000, Cap = 20 }),
        new("five-on-two", 2,
            new("a"), new("b"), new("c") { Weight = 120 }, new("d") { Weight = 140 }, new("e") { Weight = 150 }),
        new("smp-on-two", 2,
            new("a") { Weight = 200, Cpus = 2 }, new("b") { Weight = 200, Cpus = 2, Cap = 50 },
            new("c") { Reserve = 30 }),
    ];

    public override string ToString() => Name;

    /// <summary>
    /// What each VM is to have, in percent of one processor: as much as its weight is among all, but no less than its
    /// reserve and no more than its cap and its vCPUs. The idle ones have next to nothing.
    /// </summary>
    public double[] Promised()
    {
        // The more a unit of weight is worth, the more they have together: the worth at which they have all there is.
        double least = 0;
        double most = 100.0 * Processors;
        for (int step = 0; step < 100; step++)
        {
            double middle = (least + most) / 2;
            bool isTooMuch = Vms.Sum(vm => PartOf(vm, middle)) > 100.0 * Processors;
            (least, most) = isTooMuch ? (least, middle) : (middle, most);
        }

        return [.. Vms.Select(vm => PartOf(vm, least))];
    }

    /// <summary>
    /// How far the part of a VM may be from what it is promised after <paramref name="seconds"/>, in percent of one
    /// processor. ARCHITECTURE.md, Scheduling: on one processor S (1 + n w / W); on several 10 %.
    /// </summary>
    public double Bound(ShareVm vm, double seconds)
    {
        const double SliceSeconds = 0.010;
        double weights = Vms.Where(static each => each.IsBusy).Sum(static each => (double)each.Weight);
        int busy = Vms.Where(static each => each.IsBusy).Sum(static each => each.Cpus);
        return Processors == 1
            ? 100 * SliceSeconds * (1 + (busy * vm.Weight / weights)) / seconds
            : 0.10 * Promised()[Array.IndexOf(Vms, vm)];
    }

    /// <summary>
    /// The longest that an idle VM may wait after it was to wake, in microseconds: a slice, and what others are owed.
    /// </summary>
    public double LongestDelay => 10_000 + (1000 * Vms.Sum(static vm => vm.Reserve));

    private static double PartOf(ShareVm vm, double worth)
    {
        double most = 100.0 * vm.Cpus;
        double limit = vm.Cap == 0 ? most : Math.Min(most, vm.Cap);
        return vm.IsBusy ? Math.Clamp(worth * vm.Weight, vm.Reserve, limit) : 0;
    }
}

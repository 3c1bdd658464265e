// SPDX-License-Identifier: MIT
using Hypervisor.Machine.Config;
using Hypervisor.Platform;

namespace Hypervisor.Machine.Scheduling;

/// <summary>
/// The schedulers of all processors: who takes what another has too much of. Reads what they publish, without locks.
/// </summary>
public sealed class Schedulers
{
    private readonly Scheduler[] _all;

    public Schedulers(Scheduler[] all)
    {
        _all = all;
        foreach (Scheduler scheduler in all)
        {
            scheduler.Join(this);
        }
    }

    public int Count => _all.Length;

    /// <summary>Slices run on all of them since the start, and how often one found nothing to do.</summary>
    public ulong Slices
    {
        get
        {
            ulong slices = 0;
            foreach (Scheduler scheduler in _all)
            {
                slices += scheduler.Slices;
            }

            return slices;
        }
    }

    public ulong Halts
    {
        get
        {
            ulong halts = 0;
            foreach (Scheduler scheduler in _all)
            {
                halts += scheduler.Halts;
            }

            return halts;
        }
    }

    public Scheduler this[int index] => _all[index];

    /// <summary>Takes the processors that guests are to have for themselves from all other guests. At boot.</summary>
    public void Claim(VmConfig[] machines)
    {
        foreach (VmConfig machine in machines)
        {
            for (int cpu = 0; machine.IsExclusive && cpu < machine.Pin.Length; cpu++)
            {
                _all[machine.Pin[cpu]].IsExclusive = true;
            }
        }
    }

    /// <summary>Where a vCPU begins: where it is bound to, or where the least is to be done.</summary>
    public Scheduler ChooseFor(Schedulable item)
    {
        if (item.Pin >= 0)
        {
            return _all[item.Pin];
        }

        Scheduler? lightest = null;
        foreach (Scheduler scheduler in _all)
        {
            if (scheduler.TakesGuests && (lightest == null || scheduler.Load < lightest.Load))
            {
                lightest = scheduler;
            }
        }

        // The configuration is refused where no processor is left (ProcessorPlan).
        return lightest ?? _all[0];
    }

    /// <summary>Somebody could run at once what waits with <paramref name="giver"/>.</summary>
    internal bool HasRoomFor(Scheduler giver, bool isOwed)
    {
        foreach (Scheduler scheduler in _all)
        {
            if (CanTake(scheduler, giver)
                && scheduler.Activity <= (isOwed ? ProcessorActivity.Fair : ProcessorActivity.Idle))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>
    /// Claims the processor that takes what waits with <paramref name="giver"/>: one that has nothing to do, or one
    /// whose vCPU can wait where the VM of what waits is owed its reserve.
    /// </summary>
    internal Scheduler? Claim(Scheduler giver, bool isOwed) =>
        Claim(giver, ProcessorActivity.Idle) ?? (isOwed ? Claim(giver, ProcessorActivity.Fair) : null);

    /// <summary>
    /// Where <paramref name="item"/> is better off in the long run than with <paramref name="giver"/>: with one that
    /// has so much less weight to serve that the heavier of both gets lighter, or one whose vCPUs have run more for
    /// their weights.
    /// </summary>
    internal Scheduler? FindBetter(Scheduler giver, Schedulable item) =>
        FindLighter(giver, item) ?? FindAhead(giver, item);

    /// <summary>
    /// A processor has nothing to do: has all look that may have something to give. One alone is not enough: until it
    /// looks it may run itself what it had waiting, or that may be out of budget, while something waits elsewhere.
    /// </summary>
    internal void AskFor(Scheduler idle, ulong now)
    {
        if (!idle.TakesGuests)
        {
            return;
        }

        foreach (Scheduler scheduler in _all)
        {
            if (scheduler != idle && scheduler.Movable != 0)
            {
                scheduler.Ask(now);
            }
        }
    }

    private static bool CanTake(Scheduler taker, Scheduler giver) =>
        taker != giver && taker.TakesGuests && taker.Activity != ProcessorActivity.Claimed;

    private Scheduler? Claim(Scheduler giver, ProcessorActivity activity)
    {
        foreach (Scheduler scheduler in _all)
        {
            if (CanTake(scheduler, giver) && scheduler.Activity == activity && scheduler.TryClaim(activity))
            {
                return scheduler;
            }
        }

        return null;
    }

    private Scheduler? FindLighter(Scheduler giver, Schedulable item)
    {
        Scheduler? lightest = null;
        foreach (Scheduler scheduler in _all)
        {
            if (CanTake(scheduler, giver) && (lightest == null || scheduler.Load < lightest.Load))
            {
                lightest = scheduler;
            }
        }

        return lightest != null && lightest.Load + item.Weight < giver.Load ? lightest : null;
    }

    private Scheduler? FindAhead(Scheduler giver, Schedulable item)
    {
        Scheduler? furthest = null;
        foreach (Scheduler scheduler in _all)
        {
            if (CanTake(scheduler, giver) && (furthest == null || furthest.IsBehind(scheduler)))
            {
                furthest = scheduler;
            }
        }

        return furthest != null && giver.Lags(furthest, item) ? furthest : null;
    }
}

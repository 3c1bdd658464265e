// SPDX-License-Identifier: MIT
using System;
using Hypervisor.Platform;

namespace Hypervisor.Machine.Scheduling;

/// <summary>
/// The ready things of one processor: the urgent ones in the order of their coming, the others by what their VM is owed
/// and by virtual time. Not locked: its scheduler calls it with its lock held. A choice looks at every ready thing of
/// the processor.
/// </summary>
public sealed class RunQueue
{
    /// <summary>The virtual time of a nanosecond with weight 1/64. In sixteenths, because weights divide it.</summary>
    private const ulong TimeScale = 100 * Schedulable.WeightUnit * 16;

    /// <summary>How far a thing's virtual time may be from the queue's: 100 ms of its own running.</summary>
    private const ulong FurthestNanoseconds = ProcessorShare.PeriodNanoseconds;

    private readonly ReadyList _urgent = new();
    private readonly ReadyList _fair = new();

    public int Count => _urgent.Count + _fair.Count;

    public bool HasUrgent => _urgent.Count != 0;

    /// <summary>Guests among them, and those that may go to another processor.</summary>
    public int Guests { get; private set; }
    public int Movable { get; private set; }

    /// <summary>The sum of the guests' weights.</summary>
    public long Weight { get; private set; }

    /// <summary>The virtual time that the processor has come to; never goes back.</summary>
    public ulong Minimum { get; private set; }

    /// <summary>The last choice passed over something whose VM's budget is used up.</summary>
    public bool HasThrottled { get; private set; }

    /// <summary>What <paramref name="nanoseconds"/> of running are in the virtual time of a thing.</summary>
    public static ulong Scale(Schedulable item, ulong nanoseconds) => nanoseconds * TimeScale / (ulong)item.Weight;

    /// <summary>Virtual times go round; those of things that are compared are near each other.</summary>
    public static bool IsBefore(ulong one, ulong other) => (long)(one - other) < 0;

    /// <summary>It may go to another processor.</summary>
    public static bool IsMovable(Schedulable item) => item.IsGuest && item.Pin < 0;

    /// <summary>It may not run in this period any more.</summary>
    public static bool IsOutOfBudget(Schedulable item, ulong now) =>
        item.Share != null && item.Share.IsOutOfBudget(now);

    public void Add(Schedulable item)
    {
        (item.IsHurried ? _urgent : _fair).Append(item);
        Tally(item, 1);
    }

    /// <summary>
    /// Who has not run for a while does not get that time back: it is at most <paramref name="lead"/> nanoseconds of
    /// its own running before the others.
    /// </summary>
    public void Place(Schedulable item, ulong lead)
    {
        ulong earliest = Minimum - Scale(item, lead);
        if (IsBefore(item.VirtualTime, earliest))
        {
            item.VirtualTime = earliest;
        }
    }

    /// <summary>It has run, or comes from another processor: not further from the others than the bound.</summary>
    public void Bound(Schedulable item)
    {
        Place(item, FurthestNanoseconds);
        ulong latest = Minimum + Scale(item, FurthestNanoseconds);
        if (IsBefore(latest, item.VirtualTime))
        {
            item.VirtualTime = latest;
        }
    }

    /// <summary>
    /// Takes what runs next, for up to <paramref name="length"/> nanoseconds, which a VM's budget may shorten; null
    /// where nothing may run now. Without <paramref name="urgentFirst"/> urgent things run where nothing else can.
    /// </summary>
    public Schedulable? TakeNext(ulong now, bool urgentFirst, ref ulong length)
    {
        ulong wanted = length;
        if (urgentFirst && HasUrgent)
        {
            return TakeUrgent();
        }

        while (Find(now, false, out Schedulable? previous) is { } best)
        {
            length = best.Share is { HasLimits: true } share ? share.Take(now, wanted) : wanted;
            if (length != 0)
            {
                EndYields();
                Remove(previous, best);
                return best;
            }

            // Another processor was faster; now it is out of budget for the search as well.
        }

        length = wanted;
        return HasUrgent ? TakeUrgent() : null;
    }

    /// <summary>The guest that would run next of those that may go to another processor; null without one.</summary>
    public Schedulable? FindMovable(ulong now, out Schedulable? previous) => Find(now, true, out previous);

    /// <summary>
    /// What may go to another processor while something stays that may run here; null without one. Of several the one
    /// that has waited longest: who ran here until now came into the queue last, and stays.
    /// </summary>
    public Schedulable? FindSpare(ulong now, out Schedulable? previous)
    {
        Schedulable? spare = null;
        previous = null;
        bool staysOne = HasUrgent;
        Schedulable? before = null;
        for (Schedulable? item = _fair.First; item != null; before = item, item = item.Next)
        {
            if (IsOutOfBudget(item, now))
            {
                continue;
            }

            if (spare == null && IsMovable(item))
            {
                spare = item;
                previous = before;
            }
            else
            {
                staysOne = true;
            }
        }

        return staysOne ? spare : null;
    }

    /// <summary>
    /// Something may run now that another processor could run, or that waits for what runs here where
    /// <paramref name="canRunningGo"/>.
    /// </summary>
    public bool CanGive(ulong now, bool canRunningGo)
    {
        for (Schedulable? item = _fair.First; item != null; item = item.Next)
        {
            if ((canRunningGo || IsMovable(item)) && !IsOutOfBudget(item, now))
            {
                return true;
            }
        }

        return canRunningGo && HasUrgent;
    }

    public void Remove(Schedulable? previous, Schedulable item)
    {
        _fair.RemoveAfter(previous, item);
        Tally(item, -1);
    }

    private Schedulable? TakeUrgent()
    {
        Schedulable item = _urgent.First!;
        _urgent.RemoveAfter(null, item);
        Tally(item, -1);
        return item;
    }

    private Schedulable? Find(ulong now, bool movableOnly, out Schedulable? previous)
    {
        Schedulable? best = null;
        bool isOwed = false;
        previous = null;
        HasThrottled = false;
        Schedulable? before = null;
        ulong least = 0;
        bool isAny = false;
        for (Schedulable? item = _fair.First; item != null; before = item, item = item.Next)
        {
            if (!MayRun(item, now))
            {
                continue;
            }

            least = !isAny || IsBefore(item.VirtualTime, least) ? item.VirtualTime : least;
            isAny = true;
            if (movableOnly && !IsMovable(item))
            {
                continue;
            }

            bool itemIsOwed = item.Share != null && item.Share.IsOwed(now);
            if (best == null || GoesBefore(item, itemIsOwed, best, isOwed))
            {
                best = item;
                previous = before;
                isOwed = itemIsOwed;
            }
        }

        if (isAny && !movableOnly && IsBefore(Minimum, least))
        {
            Minimum = least;
        }

        return best;
    }

    private static bool GoesBefore(Schedulable one, bool oneIsOwed, Schedulable other, bool otherIsOwed)
    {
        if (one.HasYielded != other.HasYielded)
        {
            return other.HasYielded;
        }

        return oneIsOwed != otherIsOwed ? oneIsOwed : IsBefore(one.VirtualTime, other.VirtualTime);
    }

    /// <summary>Something goes first: what let it is one of the others again.</summary>
    private void EndYields()
    {
        for (Schedulable? item = _fair.First; item != null; item = item.Next)
        {
            item.HasYielded = false;
        }
    }

    private bool MayRun(Schedulable item, ulong now)
    {
        if (IsOutOfBudget(item, now))
        {
            item.IsThrottled = true;
            HasThrottled = true;
            return false;
        }

        if (item.IsThrottled)
        {
            item.IsThrottled = false;
            Place(item, Scheduler.SliceNanoseconds);
        }

        return true;
    }

    private void Tally(Schedulable item, int one)
    {
        if (item.IsGuest)
        {
            Guests += one;
            Weight += one * item.Weight;
            Movable += IsMovable(item) ? one : 0;
        }
    }
}

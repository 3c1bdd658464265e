// SPDX-License-Identifier: MIT
using System.Threading;
using Hypervisor.Platform;

namespace Hypervisor.Machine.Scheduling;

/// <summary>
/// How vCPUs come to other processors. Only the scheduler that a vCPU belongs to gives it away, in its own loop and so
/// on the processor whose registers hold the vCPU's live state:
/// 1. under its lock it takes the vCPU out of its queue; the vCPU stays Ready and belongs to it;
/// 2. without a lock the vCPU leaves the processor (registers, alarm);
/// 3. under its lock it writes the other scheduler into the vCPU;
/// 4. the other scheduler, under its own lock, queues the vCPU.
/// A wake-up takes the lock of the scheduler that it read from the vCPU, and starts again where the vCPU has another
/// one by then. Between 1 and 4 it finds the vCPU Ready and marks it woken, as at any other time, so it is never lost;
/// and the vCPU is in one queue at the most, so it never runs twice.
/// </summary>
public sealed partial class Scheduler
{
    /// <summary>How far a processor's vCPUs may be behind another's before one of them goes there: 20 ms.</summary>
    private const ulong LagNanoseconds = 2 * SliceNanoseconds;

    /// <summary>How often a processor compares itself with the others: every 50 ms.</summary>
    private const ulong BalanceNanoseconds = 50_000_000;

    private Schedulers _all;
    private bool _runsGuests = true;

    // Read by others without the lock.
    private int _activity;
    private int _movable;
    private long _load;
    private ulong _minimum;
    private ulong _nextBalance;

    /// <summary>Guests may run here: not so on the second thread of a core that is not to be shared.</summary>
    public bool RunsGuests
    {
        get => _runsGuests;
        set => _runsGuests = value;
    }

    /// <summary>The processor is one VM's vCPU's alone, which nothing but host tasks interrupts.</summary>
    public bool IsExclusive { get; internal set; }

    /// <summary>Any vCPU that is not bound to a processor may run here.</summary>
    internal bool TakesGuests => _runsGuests && !IsExclusive;

    /// <summary>The weights of the vCPUs that run or are ready here.</summary>
    internal long Load => Volatile.Read(ref _load);

    internal ProcessorActivity Activity => (ProcessorActivity)Volatile.Read(ref _activity);

    /// <summary>
    /// So many that are ready here could run elsewhere, or that run while something waits that could not.
    /// </summary>
    internal int Movable => Volatile.Read(ref _movable);

    internal void Join(Schedulers all) => _all = all;

    /// <summary>
    /// Makes the processor look for what it can give away where it has something: what waits may be bound to it, or out
    /// of budget. Two idle ones that have only that would have each other look again and again.
    /// </summary>
    internal void Ask(ulong now)
    {
        _lock.Acquire();
        bool canGive = _queue.CanGive(now, _current != null && RunQueue.IsMovable(_current));
        _lock.Release();
        if (canGive)
        {
            _processor.Reschedule();
        }
    }

    /// <summary>
    /// Decides that something comes here, where the processor still does what it did: two givers do not choose the same
    /// idle processor. Whatever this one says meanwhile, the claim ends when that has come.
    /// </summary>
    internal bool TryClaim(ProcessorActivity expected) =>
        Interlocked.CompareExchange(ref _activity, (int)ProcessorActivity.Claimed, (int)expected) == (int)expected;

    /// <summary>The vCPUs here have run less for their weights than those of <paramref name="other"/>.</summary>
    internal bool Lags(Scheduler other, Schedulable item) => RunQueue.IsBefore(
        Volatile.Read(ref _minimum) + RunQueue.Scale(item, LagNanoseconds), Volatile.Read(ref other._minimum));

    /// <summary>Its virtual time is behind that of <paramref name="other"/>.</summary>
    internal bool IsBehind(Scheduler other) =>
        RunQueue.IsBefore(Volatile.Read(ref _minimum), Volatile.Read(ref other._minimum));

    /// <summary>
    /// Says to the others what is here, but that it is claimed as long as it is. With the lock held; a full fence.
    /// </summary>
    private void Publish(ProcessorActivity activity)
    {
        long running = _current is { IsGuest: true } ? _current.Weight : 0;
        bool isInTheWay = _queue.Count > _queue.Movable && _current != null && RunQueue.IsMovable(_current);
        Volatile.Write(ref _load, _queue.Weight + running);
        Volatile.Write(ref _minimum, _queue.Minimum);
        Volatile.Write(ref _movable, _queue.Movable + (isInTheWay ? 1 : 0));
        int before;
        int after;
        do
        {
            before = Volatile.Read(ref _activity);
            after = (int)(before == (int)ProcessorActivity.Claimed ? ProcessorActivity.Claimed : activity);
        }
        while (Interlocked.CompareExchange(ref _activity, after, before) != before);
    }

    /// <summary>
    /// As long as something stays that may run here, what can goes to those that have nothing to do: were it chosen
    /// here, what cannot go would wait beside an idle processor, or who runs here now would go there in its place, and
    /// back again when something wakes there. With the lock held, which it lets go in between.
    /// </summary>
    private void MakeRoom()
    {
        for (int left = _all.Count; left > 1 && _queue.Movable != 0 && _queue.Count > 1; left--)
        {
            // Before the look at the others: one that becomes idle after it asks.
            Publish(Activity);
            ulong now = _clock.Now;
            if (!_all.HasRoomFor(this, false))
            {
                return;
            }

            Schedulable? item = _queue.FindSpare(now, out Schedulable? previous);
            Scheduler? target = item == null ? null : _all.Claim(this, false);
            if (target == null)
            {
                return;
            }

            _queue.Remove(previous, item!);
            Publish(Activity);
            _lock.Release();
            Deliver(item!, target, true);
            _lock.Acquire();
            _processor.NeedsReschedule = false;
        }
    }

    private void GiveAway(ulong now)
    {
        bool isDue = now >= _nextBalance;
        if (isDue)
        {
            _nextBalance = now + BalanceNanoseconds;
        }

        for (int left = _all.Count; left > 1 && Movable != 0 && TryGiveOne(now, isDue); left--)
        {
            isDue = false;
        }
    }

    private bool TryGiveOne(ulong now, bool mayBalance)
    {
        _lock.Acquire();
        Schedulable? item = _queue.FindMovable(now, out Schedulable? previous);
        Scheduler? target = item == null ? null : _all.Claim(this, item.Share != null && item.Share.IsOwed(now));
        bool isClaimed = target != null;
        if (item != null && mayBalance)
        {
            target ??= _all.FindBetter(this, item);
        }

        if (target != null)
        {
            _queue.Remove(previous, item!);
            Publish(Activity);
        }

        _lock.Release();
        if (target == null)
        {
            return false;
        }

        Deliver(item!, target, isClaimed);
        return true;
    }

    /// <summary>Steps 2 to 4, without the lock.</summary>
    private void Deliver(Schedulable item, Scheduler target, bool isClaimed)
    {
        item.LeaveProcessor();
        Hand(item, target);
        target.Take(item, isClaimed);
    }

    private void Hand(Schedulable item, Scheduler target)
    {
        _lock.Acquire();
        item.Scheduler = target;
        _lock.Release();
    }

    private void Take(Schedulable item, bool isClaimed)
    {
        _lock.Acquire();
        if (isClaimed)
        {
            Volatile.Write(ref _activity, (int)ProcessorActivity.Bound);
        }

        item.Statistics.Migrations++;
        _queue.Bound(item);
        ulong readySince = item.ReadySince;
        bool mustLook = Enqueue(item, _clock.Now);
        item.ReadySince = readySince;
        _lock.Release();
        if (mustLook)
        {
            _processor.Reschedule();
        }
    }

    /// <summary>Makes this the scheduler of a thing that nobody queues until it is added.</summary>
    private void Adopt(Schedulable item)
    {
        if (item.Scheduler is Scheduler last)
        {
            last.Hand(item, this);
        }
        else
        {
            item.Scheduler = this;
        }
    }
}

// SPDX-License-Identifier: MIT
using System;
using Hypervisor.Memory;
using Hypervisor.Platform;
using Hypervisor.Virtualization;
using Hypervisor.X64;

namespace Hypervisor.Machine.Scheduling;

/// <summary>
/// One processor's choice of what runs next. A host task that wakes goes first, because its work is short and a person
/// or a VM waits for it, up to a quarter of the time; then vCPUs whose VM is owed its reserve; then who has run least
/// for its weight. Slices are <see cref="SliceNanoseconds"/> long and end where a period of 100 ms does. With nothing
/// to run the processor halts. Its lock guards its queue and all the things that belong to it; no two such locks are
/// held at once.
/// </summary>
public sealed partial class Scheduler : SchedulerPort
{
    /// <summary>How long one thing runs while another is ready: 10 ms.</summary>
    public const ulong SliceNanoseconds = 10_000_000;

    /// <summary>A woken vCPU takes the processor from one that has run so much (1 ms) more for its weight.</summary>
    public const ulong PreemptionNanoseconds = 1_000_000;

    private readonly Processor _processor;
    private readonly HostClock _clock;
    private readonly SharedLock _lock = new(LockRank.Scheduler, "run queue");
    private readonly RunQueue _queue = new();
    private readonly SliceEnd _sliceEnd;
    private readonly UrgentCredit _credit = new();
    private Schedulable? _current;
    private ulong _began;
    private ulong _granted;
    private bool _isOwed;
    private bool _isEndless;

    public Scheduler(Processor processor, HostClock clock)
    {
        _processor = processor;
        _clock = clock;
        _sliceEnd = new SliceEnd(processor);
        _all = new Schedulers(new[] { this });
    }

    /// <summary>Slices run since the start, and how often the processor found nothing to do.</summary>
    public ulong Slices { get; private set; }
    public ulong Halts { get; private set; }

    /// <summary>The processor's number.</summary>
    public int Index => _processor.Index;

    /// <summary>What the vCPUs that run here share; null where no guest can run. Set at boot.</summary>
    public ProcessorVirtualization? Virtualization { get; set; }

    /// <summary>Gives a thing that has never run, or has finished, to this scheduler and makes it ready.</summary>
    public void Add(Schedulable item)
    {
        Adopt(item);
        _lock.Acquire();
        item.VirtualTime = _queue.Minimum;
        item.IsThrottled = false;
        item.State = SchedulableState.Ready;
        bool mustLook = Enqueue(item, _clock.Now);
        _lock.Release();
        if (mustLook)
        {
            _processor.Reschedule();
        }
    }

    public override void Ready(Schedulable item)
    {
        _lock.Acquire();
        bool isHere = item.Scheduler == this;
        bool mustLook = isHere && MakeReady(item);
        _lock.Release();
        if (mustLook)
        {
            _processor.Reschedule();
        }
        else if (!isHere)
        {
            // It went to another processor between the caller's look and the lock.
            item.Wake();
        }
    }

    /// <summary>The processor's main loop, on its exit stack: never returns.</summary>
    public void RunForever()
    {
        while (true)
        {
            if (!TryRunNext())
            {
                HaltUntilInterrupt();
            }
        }
    }

    /// <summary>One slice of what is to run first; false where nothing is.</summary>
    internal bool TryRunNext()
    {
        Schedulable? item = BeginNext();
        if (item == null)
        {
            return false;
        }

        EndSlice(item, item.RunSlice());
        return true;
    }

    /// <summary>
    /// Takes what is to run next and gives to others what they can run sooner; null where nothing may run here now.
    /// </summary>
    internal Schedulable? BeginNext()
    {
        _lock.Acquire();

        // Before the look into the queue: whoever adds something after it asks again.
        _processor.NeedsReschedule = false;
        MakeRoom();
        ulong now = _clock.Now;
        ulong length = Math.Min(SliceNanoseconds, ProcessorShare.EndOfPeriod(now) - now);
        Schedulable? next = _queue.TakeNext(now, _credit.IsLeft(now), ref length);
        _current = next;
        if (next != null)
        {
            Begin(next, now, length);
        }

        bool isBound = _isOwed || next is { IsGuest: false };
        Publish(next == null ? ProcessorActivity.Idle : isBound ? ProcessorActivity.Bound : ProcessorActivity.Fair);
        bool hasThrottled = _queue.HasThrottled;
        bool isEndless = _isEndless;
        _lock.Release();
        if (next == null)
        {
            BeginIdle(now, hasThrottled);
            return null;
        }

        GiveAway(now);
        ArmSliceEnd(isEndless ? 0 : now + length);
        return next;
    }

    /// <summary>The slice of <paramref name="item"/> is over: charges its time and puts it where it belongs.</summary>
    internal void EndSlice(Schedulable item, SliceOutcome outcome)
    {
        if (outcome == SliceOutcome.Finished)
        {
            item.LeaveProcessor();
        }

        _lock.Acquire();
        ulong now = _clock.Now;
        Charge(item, now);
        _current = null;
        if (outcome == SliceOutcome.Finished)
        {
            item.State = SchedulableState.Finished;
        }
        else if (outcome == SliceOutcome.Wait && item.State == SchedulableState.Running)
        {
            item.State = SchedulableState.Waiting;
        }
        else
        {
            // A wait that a wake-up has overtaken is over; a slice that was cut short has not come to its wait yet.
            bool isWoken = outcome != SliceOutcome.Wait && item.State == SchedulableState.RunningWoken;
            item.State = isWoken ? SchedulableState.ReadyWoken : SchedulableState.Ready;

            // Its credit is what bounds it, not the slice; one that yields lets the others go first.
            item.IsHurried = item.IsUrgent && (outcome == SliceOutcome.Wait || _processor.NeedsReschedule);
            item.ReadySince = now;
            _queue.Place(item, SliceNanoseconds);
            _queue.Add(item);
        }

        _lock.Release();
        if (outcome == SliceOutcome.Finished)
        {
            item.Ended();
        }
    }

    /// <summary>True where the processor must look at once.</summary>
    private bool MakeReady(Schedulable item)
    {
        switch (item.State)
        {
            case SchedulableState.Running:
                item.State = SchedulableState.RunningWoken;
                return false;
            case SchedulableState.Ready:
                item.State = SchedulableState.ReadyWoken;
                return false;
            case SchedulableState.Waiting:
                item.State = SchedulableState.Ready;
                _queue.Place(item, SliceNanoseconds);
                return Enqueue(item, _clock.Now);
            default:
                return false;
        }
    }

    private void Begin(Schedulable next, ulong now, ulong length)
    {
        Slices++;
        _processor.Progress++;
        next.State = next.State == SchedulableState.ReadyWoken
            ? SchedulableState.RunningWoken
            : SchedulableState.Running;

        // Made ready by another processor, whose clock may be a little ahead.
        next.Statistics.Begin(now > next.ReadySince ? now - next.ReadySince : 0);
        _began = now;
        _granted = length;
        _isOwed = next.Share != null && next.Share.IsOwed(now);
        _isEndless = IsExclusive && next.IsGuest && _queue.Count == 0 && next.Share is not { HasCap: true };
    }

    private void Charge(Schedulable item, ulong now)
    {
        ulong ran = now - _began;
        item.Statistics.RunNanoseconds += ran;
        item.VirtualTime += RunQueue.Scale(item, ran);
        _queue.Bound(item);
        if (item.Share is { HasLimits: true } share)
        {
            share.Settle(_began, now, _granted, ran);
        }

        if (item.IsHurried)
        {
            _credit.Spend(now, ran);
        }

        _isOwed = false;
        _isEndless = false;
    }

    /// <summary>Puts a ready thing into the queue; true where the processor must look at once.</summary>
    private bool Enqueue(Schedulable item, ulong now)
    {
        item.IsHurried = item.IsUrgent;
        item.ReadySince = now;
        _queue.Add(item);
        if (_current == null)
        {
            Publish(ProcessorActivity.Bound);
            return true;
        }

        Publish((ProcessorActivity)_activity);
        return MustLookAt(item, _current, now);
    }

    private bool MustLookAt(Schedulable item, Schedulable current, ulong now)
    {
        if (_isEndless)
        {
            return true;
        }

        bool isOut = RunQueue.IsOutOfBudget(item, now);
        bool isOwed = item.Share != null && item.Share.IsOwed(now);
        bool canOneGo = (RunQueue.IsMovable(item) && _all.HasRoomFor(this, isOwed))
            || (RunQueue.IsMovable(current) && _all.HasRoomFor(this, false));
        if (canOneGo && !isOut)
        {
            return true;
        }

        bool isLeft = _credit.IsLeft(now);
        if (item.IsHurried || current.IsHurried)
        {
            return item.IsHurried ? !current.IsHurried && isLeft : !isLeft;
        }

        // It may be another processor that asks, whose clock may be a little behind.
        ulong reached = current.VirtualTime + RunQueue.Scale(current, now > _began ? now - _began : 0);
        bool isBehind = RunQueue.IsBefore(item.VirtualTime + RunQueue.Scale(item, PreemptionNanoseconds), reached);
        return !isOut && ((isOwed && !_isOwed) || (isBehind && isOwed == _isOwed));
    }

    /// <summary>Nothing may run: until something is ready, or a period with a new budget begins.</summary>
    private void BeginIdle(ulong now, bool hasThrottled)
    {
        ArmSliceEnd(hasThrottled ? ProcessorShare.EndOfPeriod(now) : 0);
        _all.AskFor(this, now);
    }

    private void ArmSliceEnd(ulong moment)
    {
        if (moment == 0)
        {
            _processor.Deadlines.Cancel(_sliceEnd);
        }
        else
        {
            _processor.Deadlines.Arm(_sliceEnd, moment);
        }
    }

    private void HaltUntilInterrupt()
    {
        // What became ready after the look into the queue has set the flag; the interrupt that brings it waits from
        // here on, and STI holds it off until HLT.
        _ = CurrentProcessor.DisableInterrupts();
        if (!_processor.NeedsReschedule)
        {
            Halts++;
            Instructions.EnableInterruptsAndHalt();
        }
        else
        {
            Instructions.EnableInterrupts();
        }
    }
}

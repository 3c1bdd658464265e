// SPDX-License-Identifier: MIT
using Hypervisor.Memory;
using Hypervisor.Platform;
using Hypervisor.X64;

namespace Hypervisor.Machine.Scheduling;

/// <summary>
/// One processor's choice of what runs next: round robin over what is ready, in slices of
/// <see cref="SliceNanoseconds"/>; a host task that wakes goes first, because its work is short and a person or a VM
/// waits for it. With nothing ready the processor halts.
/// </summary>
public sealed class Scheduler : SchedulerPort
{
    /// <summary>How long one thing runs while another is ready: 10 ms.</summary>
    public const ulong SliceNanoseconds = 10_000_000;

    private readonly Processor _processor;
    private readonly HostClock _clock;
    private readonly SharedLock _lock = new(LockRank.Scheduler, "run queue");
    private readonly RunQueue _queue = new();
    private readonly SliceEnd _sliceEnd;

    public Scheduler(Processor processor, HostClock clock)
    {
        _processor = processor;
        _clock = clock;
        _sliceEnd = new SliceEnd(processor);
    }

    /// <summary>Slices run since the start, and how often the processor found nothing to do.</summary>
    public ulong Slices { get; private set; }
    public ulong Halts { get; private set; }

    /// <summary>Gives a thing that has never run to this scheduler and makes it ready.</summary>
    public void Add(Schedulable item)
    {
        item.Scheduler = this;
        item.State = SchedulableState.Waiting;
        Ready(item);
    }

    public override void Ready(Schedulable item)
    {
        bool isNew = false;
        _lock.Acquire();
        if (item.State == SchedulableState.Running)
        {
            item.State = SchedulableState.RunningWoken;
        }
        else if (item.State == SchedulableState.Ready)
        {
            item.State = SchedulableState.ReadyWoken;
        }
        else if (item.State == SchedulableState.Waiting)
        {
            item.State = SchedulableState.Ready;
            Enqueue(item);
            isNew = true;
        }

        _lock.Release();
        if (isNew)
        {
            _processor.Reschedule();
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

    /// <summary>One slice of what is ready first; false where nothing is.</summary>
    internal bool TryRunNext()
    {
        Schedulable? item = TakeNext();
        if (item == null)
        {
            return false;
        }

        Slices++;
        _processor.Progress++;
        _processor.NeedsReschedule = false;
        _processor.Deadlines.Arm(_sliceEnd, _clock.Now + SliceNanoseconds);
        SliceOutcome outcome = item.RunSlice();
        PutBack(item, outcome);
        if (outcome == SliceOutcome.Finished)
        {
            item.Ended();
        }

        return true;
    }

    private Schedulable? TakeNext()
    {
        _lock.Acquire();
        Schedulable? next = _queue.TakeFirst();
        if (next != null)
        {
            next.State =
                next.State == SchedulableState.ReadyWoken ? SchedulableState.RunningWoken : SchedulableState.Running;
        }

        _lock.Release();
        return next;
    }

    private void PutBack(Schedulable item, SliceOutcome outcome)
    {
        _lock.Acquire();
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
            _queue.Append(item);
        }

        _lock.Release();
    }

    private void Enqueue(Schedulable item)
    {
        if (item.IsUrgent)
        {
            _queue.Prepend(item);
        }
        else
        {
            _queue.Append(item);
        }
    }

    private void HaltUntilInterrupt()
    {
        // With interrupts off nothing can become ready between the look and the halt; STI holds them off until HLT.
        _ = CurrentProcessor.DisableInterrupts();
        if (_queue.Count == 0)
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

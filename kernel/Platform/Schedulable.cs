// SPDX-License-Identifier: MIT
namespace Hypervisor.Platform;

/// <summary>
/// One of the two kinds of things that a processor's scheduler runs: a vCPU or a host task. The scheduler lives above
/// (Machine/Scheduling); what must go up goes through here.
/// </summary>
public abstract class Schedulable
{
    /// <summary>The scheduler that this belongs to; null until it is first made ready.</summary>
    public SchedulerPort? Scheduler;

    /// <summary>The run queue's link and state: touched by the scheduler only.</summary>
    public Schedulable? Next;
    public SchedulableState State;

    /// <summary>True for a host task: its work is short, so a wake-up puts it before the vCPUs.</summary>
    public virtual bool IsUrgent => false;

    /// <summary>
    /// Runs until the time slice ends, the thing waits, or it is finished. Called on the processor's exit stack with
    /// interrupts enabled; a vCPU never blocks in here, a host task is switched to and back from.
    /// </summary>
    public abstract SliceOutcome RunSlice();

    /// <summary>The scheduler has taken note that the thing will never run again.</summary>
    public virtual void Ended()
    {
    }

    /// <summary>
    /// Makes a waiting thing ready; one that is not waiting will not wait the next time. Callable from interrupts.
    /// </summary>
    public void Wake() => Scheduler?.Ready(this);
}

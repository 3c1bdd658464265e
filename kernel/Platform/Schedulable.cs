// SPDX-License-Identifier: MIT
namespace Hypervisor.Platform;

/// <summary>
/// One of the two kinds of things that a processor's scheduler runs: a vCPU or a host task. The scheduler lives above
/// (Machine/Scheduling); what must go up goes through here.
/// </summary>
public abstract class Schedulable
{
    /// <summary>A weight of 1: weights are counted in 64ths, because a VM's is divided among up to 64 vCPUs.</summary>
    public const int WeightUnit = 64;

    /// <summary>
    /// The scheduler that this belongs to, whose lock guards all the following; null until it is first made ready. It
    /// changes with that lock held, see Scheduler.GiveAway.
    /// </summary>
    public SchedulerPort? Scheduler;

    /// <summary>The run queue's link and state: touched by the scheduler only.</summary>
    public Schedulable? Next;
    public SchedulableState State;

    /// <summary>Time run, divided by the weight: who has the least runs next.</summary>
    public ulong VirtualTime;

    /// <summary>The host clock's moment at which it became ready, or ready again.</summary>
    public ulong ReadySince;

    /// <summary>It was passed over because its VM's budget was used up.</summary>
    public bool IsThrottled;

    /// <summary>It was woken and has not yielded since, so it goes before the vCPUs. Of host tasks only.</summary>
    public bool IsHurried;

    /// <summary>
    /// It ended its slice itself to wait for another one: whatever else is ready goes first, once. Set by the thing.
    /// </summary>
    public bool HasYielded;

    /// <summary>What it has had so far.</summary>
    public RunStatistics Statistics;

    /// <summary>
    /// Its part of contended processors against others', in 64ths: a host task has that of a VM of weight 100.
    /// </summary>
    public int Weight { get; protected set; } = 100 * WeightUnit;

    /// <summary>Its VM's limits; null for what has none.</summary>
    public ProcessorShare? Share { get; protected init; }

    /// <summary>The only processor that it runs on; -1 where any will do.</summary>
    public int Pin { get; protected init; } = -1;

    /// <summary>It runs a guest, and so only where guests run; a host task stays where it was added.</summary>
    public bool IsGuest { get; protected init; }

    /// <summary>True for most host tasks: their work is short, so a wake-up puts them before the vCPUs.</summary>
    public bool IsUrgent { get; protected init; }

    /// <summary>
    /// Runs until the time slice ends, the thing waits, or it is finished. Called on the processor's exit stack with
    /// interrupts enabled; a vCPU never blocks in here, a host task is switched to and back from.
    /// </summary>
    public abstract SliceOutcome RunSlice();

    /// <summary>
    /// Takes what the thing has left in the registers and timers of the processor that runs this, which is the one that
    /// it ran on last: it goes to another one, or will never run again.
    /// </summary>
    public virtual void LeaveProcessor()
    {
    }

    /// <summary>The scheduler has taken note that the thing will never run again.</summary>
    public virtual void Ended()
    {
    }

    /// <summary>
    /// Makes a waiting thing ready; one that is not waiting will not wait the next time. Callable from any processor
    /// and from interrupts.
    /// </summary>
    public void Wake() => Scheduler?.Ready(this);
}

// SPDX-License-Identifier: MIT
using System.Threading;
using Hypervisor.Memory;
using Hypervisor.X64;

namespace Hypervisor.Platform;

/// <summary>
/// One of the machine's processors: what belongs to it alone. Made at boot, never freed; the running one is found
/// through the context that GS points at.
/// </summary>
public sealed class Processor
{
    /// <summary>
    /// Counts exits and slices on this processor: one that stands still while code runs shows that it is stuck.
    /// </summary>
    public ulong Progress;

    /// <summary>Interrupts that were begun on this processor: their handlers' progress.</summary>
    public ulong Interrupts;

    private static LocalApic? s_apic;
    private bool _needsReschedule;

    public Processor(int index, uint apicId, DeadlineQueue deadlines)
    {
        Index = index;
        ApicId = apicId;
        Deadlines = deadlines;
    }

    /// <summary>The processor that executes this.</summary>
    public static Processor Current => (Processor)CurrentProcessor.Owner!;

    /// <summary>By which processors interrupt each other and themselves; set once.</summary>
    public static void KickThrough(LocalApic apic) => s_apic = apic;

    /// <summary>Its number among the machine's processors, from 0.</summary>
    public int Index { get; }

    /// <summary>The number that interrupts are sent to.</summary>
    public uint ApicId { get; }

    public DeadlineQueue Deadlines { get; }

    /// <summary>Its GDT and task-state segment.</summary>
    public DescriptorTables Descriptors { get; init; } = new();

    /// <summary>Where the last fault that was contained on it happened.</summary>
    public FaultTrace LastFault { get; } = new();

    /// <summary>The host task that runs here now; null while the processor is on its exit stack.</summary>
    public HostTask? Task { get; internal set; }

    /// <summary>What is looked at here at this moment; no two are at once, for interrupts are off meanwhile.</summary>
    public HeldObject? Held { get; set; }

    /// <summary>The vCPU that was served here last. Kept by checked builds, for faults made on purpose.</summary>
    public Schedulable? Served { get; internal set; }

    /// <summary>
    /// The slice is over or something more urgent is ready: a vCPU's loop looks at it after every exit, a host task is
    /// switched away from at the end of an interrupt.
    /// </summary>
    public bool NeedsReschedule
    {
        get => Volatile.Read(ref _needsReschedule);
        set => Volatile.Write(ref _needsReschedule, value);
    }

    /// <summary>
    /// Makes the processor look for something else to run, and leave its guest or its halt for it. Callable from any
    /// processor and from interrupts.
    /// </summary>
    public void Reschedule()
    {
        NeedsReschedule = true;
        Kick();
    }

    /// <summary>
    /// Interrupts the processor, so that a guest that runs there is left and what was posted is seen; nothing where the
    /// caller runs on it.
    /// </summary>
    public void Kick() => Send(LocalApic.KickVector);

    /// <summary>
    /// Interrupts the caller's own processor, which has interrupts off, as soon as they are on.
    /// </summary>
    public void KickItself() => s_apic?.Send(ApicId, LocalApic.KickVector);

    /// <summary>
    /// Has a guest that runs on the processor take what was posted to it, without an exit; as little as a kick where
    /// none runs.
    /// </summary>
    public void Notify() => Send(LocalApic.NotificationVector);

    private void Send(byte vector)
    {
        if (s_apic != null && this != Current)
        {
            s_apic.Send(ApicId, vector);
        }
    }

    /// <summary>
    /// The last thing an interrupt asks, end-of-interrupt sent and interrupts off: whether a host task was interrupted,
    /// at this stack pointer, whose time is up and that holds no lock.
    /// </summary>
    internal bool MustPreempt(ulong stackPointer) =>
        NeedsReschedule && Task != null && CurrentProcessor.CanBePreempted && Task.HasRoomBelow(stackPointer);
}

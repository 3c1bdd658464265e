// SPDX-License-Identifier: MIT
using System.Diagnostics.CodeAnalysis;
using System.Threading;
using Hypervisor.Devices.Backends;
using Hypervisor.Machine.Config;
using Hypervisor.Machine.Scheduling;
using Hypervisor.Memory;
using Hypervisor.Platform;
using Hypervisor.Runtime;
using Hypervisor.Virtualization;

namespace Hypervisor.Machine;

/// <summary>
/// One VM of the configuration. Made at boot and never freed: VMs are built, run, die and are reaped in it. What
/// belongs to one life of the VM lies in the VM's region and is named from here by a reference that ends with it.
/// </summary>
public sealed class MachineSlot : HeldObject
{
    private readonly Schedulable _supervisor;
    private VmReference<VirtualMachine> _machine;
    private int _events;
    private int _state;
    private int _isAttached;
    private int _holders;
    private long _gaveUp;

    /// <summary>
    /// The slot of <paramref name="config"/>. <paramref name="supervisor"/> is woken when there is something to do;
    /// <paramref name="console"/> is the other end of the VM's serial port.
    /// </summary>
    public MachineSlot(VmConfig config, Schedulable supervisor, CharacterBackend console)
    {
        Config = config;
        Console = console;
        _supervisor = supervisor;
        Share = new ProcessorShare(config.Cap, config.Reserve);
        Tasks = new VirtualCpuTask[config.Cpus];
        for (int index = 0; index < Tasks.Length; index++)
        {
            Tasks[index] = new VirtualCpuTask(this, index);
        }

        Patience = new WakeAlarm(this);
    }

    public VmConfig Config { get; }

    public CharacterBackend Console { get; }

    /// <summary>What the VM may have of the processors.</summary>
    public ProcessorShare Share { get; }

    public VirtualCpuTask[] Tasks { get; }

    public FaultReport Report { get; } = new();

    /// <summary>The window of the present VM; null while there is none.</summary>
    public VmWindow? Window { get; internal set; }

    /// <summary>
    /// The present VM; null while there is none. For the VM's own context and the supervisor, which alone takes it
    /// apart; everybody else asks <see cref="TryHold"/>.
    /// </summary>
    internal VirtualMachine? Machine => _machine.Target;

    public MachineState State
    {
        get => (MachineState)Volatile.Read(ref _state);
        internal set => Volatile.Write(ref _state, (int)value);
    }

    /// <summary>It is started after a while: for the first time, or again after it has crashed or was reset.</summary>
    public bool IsRestarting => State == MachineState.Stopped && Deadline != 0;

    /// <summary>It runs, but its vCPUs and its time stand still.</summary>
    public bool IsPaused { get; internal set; }

    /// <summary>It was built and has not run yet.</summary>
    public bool IsNew { get; internal set; }

    /// <summary>Somebody has asked it to stop, and it still runs.</summary>
    public bool IsStopping => State == MachineState.Running
        && (Wish != MachineEvents.None || (Volatile.Read(ref _events) & (int)MachineEvents.Wishes) != 0);

    /// <summary>It is stopped, and nothing starts it but a person.</summary>
    public bool IsAtRest => State == MachineState.Stopped && Deadline == 0;

    /// <summary>
    /// Why the present or last VM ended: one of PoweredOff, ResetAsked, Crashed, ForceStop, Restart; or None.
    /// </summary>
    public MachineEvents Ending { get; internal set; }

    /// <summary>The host clock's moment at which the present or last VM came to its first instruction.</summary>
    public ulong StartedAt { get; internal set; }

    /// <summary>How many VMs have come to their first instruction.</summary>
    public ulong Starts { get; internal set; }

    public ulong Crashes { get; internal set; }

    /// <summary>How often a vCPU has given up a wait for one of the VM's locks, for the VM went down.</summary>
    public long GaveUp => Volatile.Read(ref _gaveUp);

    /// <summary>
    /// Crashes and resets one after the other, each soon after the start: they determine the back-off.
    /// </summary>
    public int EndsInARow { get; internal set; }

    /// <summary>Allocations after the start that the slot's VMs have made: 0 is what the design promises.</summary>
    public long AllocationsAfterStart { get; internal set; }

    /// <summary>
    /// What a person asked since the present VM was started and what holds however it ends: one of Stop, ForceStop,
    /// Restart, Start; or None.
    /// </summary>
    internal MachineEvents Wish { get; set; }

    /// <summary>A person wants it paused.</summary>
    internal bool WantsPause { get; set; }

    /// <summary>
    /// The host clock's moment up to which the supervisor waits: for the power button's answer, or before a start. 0
    /// where it waits for nothing.
    /// </summary>
    internal ulong Deadline { get; set; }

    /// <summary>Wakes the supervisor at the deadline.</summary>
    internal WakeAlarm Patience { get; }

    /// <summary>
    /// Asks something of the supervisor; of several wishes the last counts. Callable from any processor and from
    /// interrupts.
    /// </summary>
    public void Post(MachineEvents what)
    {
        MachineEvents replaced = (what & MachineEvents.Wishes) != 0 ? MachineEvents.Wishes
            : (what & MachineEvents.PauseWishes) != 0 ? MachineEvents.PauseWishes
            : MachineEvents.None;
        int before;
        do
        {
            before = Volatile.Read(ref _events);
        }
        while (Interlocked.CompareExchange(ref _events, (before & ~(int)replaced) | (int)what, before) != before);

        _supervisor.Wake();
    }

    /// <summary>
    /// Asks for work in the context of the present VM; without one nothing happens. Callable by host tasks.
    /// </summary>
    public void PostWork(MachineWork work)
    {
        bool interruptsWereOn = CurrentProcessor.DisableInterrupts();
        if (TryHold(out VirtualMachine? machine))
        {
            machine.Post(work);
            LetGo();
        }

        CurrentProcessor.RestoreInterrupts(interruptsWereOn);
    }

    /// <summary>
    /// The present VM, for somebody outside of it: it is not taken apart before <see cref="LetGo"/>. Interrupts are off
    /// from before the call until after that one, so that it is a matter of moments.
    /// </summary>
    internal bool TryHold([NotNullWhen(true)] out VirtualMachine? machine)
    {
        // What still stands there was left by a fault.
        var processor = CurrentProcessor.Owner as Processor;
        processor?.Held?.LetGo();

        // A fence: either this is seen by who hides the VM, or it is seen here that it is hidden.
        _ = Interlocked.Increment(ref _holders);
        machine = Volatile.Read(ref _isAttached) != 0 ? _machine.Target : null;
        if (processor != null)
        {
            processor.Held = this;
        }

        if (machine != null)
        {
            return true;
        }

        LetGo();
        return false;
    }

    /// <summary>The VM that <see cref="TryHold"/> gave is not looked at any more.</summary>
    public override void LetGo()
    {
        if (CurrentProcessor.Owner is Processor processor)
        {
            processor.Held = null;
        }

        _ = Interlocked.Decrement(ref _holders);
    }

    /// <summary>An interrupt's handler, on whatever processor, has faulted in the service of the VM.</summary>
    public override void OnFault(FaultKind kind) => Fault(kind, 0);

    /// <summary>
    /// The VM is to be taken apart: nobody outside finds it any more. False while somebody still holds it.
    /// </summary>
    internal bool TryHide()
    {
        _ = Interlocked.Exchange(ref _isAttached, 0);
        return Volatile.Read(ref _holders) == 0;
    }

    /// <summary>Takes all that stands.</summary>
    internal MachineEvents TakeEvents() => (MachineEvents)Interlocked.Exchange(ref _events, 0);

    /// <summary>
    /// Ends the present VM: it is marked so that waiters for its locks give up, and every vCPU is told
    /// to leave. The first reason counts.
    /// </summary>
    public void End(MachineEvents why)
    {
        if (TryBeginEnd(why))
        {
            FinishEnd();
        }
    }

    /// <summary>A fault was caught at the boundary around vCPU <paramref name="cpu"/>; the VM ends.</summary>
    internal void Fault(FaultKind kind, int cpu)
    {
        if (kind == FaultKind.VmDying)
        {
            _ = Interlocked.Increment(ref _gaveUp);
        }

        if (TryBeginEnd(MachineEvents.Crashed))
        {
            Report.Record(kind, Machine?.Cpus[cpu], FaultTrace.Last);
            FinishEnd();
        }
    }

    /// <summary>A handler stopped the VM with a reason; the VM ends.</summary>
    internal void StopWithReason(VirtualCpu cpu)
    {
        if (TryBeginEnd(MachineEvents.Crashed))
        {
            Report.Record(cpu);
            FinishEnd();
        }
    }

    /// <summary>
    /// True for the one that ends it: of several vCPUs that fault at the same time the first reports. Nobody reads the
    /// report before all have left, this one among them.
    /// </summary>
    private bool TryBeginEnd(MachineEvents why)
    {
        if (Machine == null
            || Interlocked.CompareExchange(ref _state, (int)MachineState.Faulting, (int)MachineState.Running)
                != (int)MachineState.Running)
        {
            return false;
        }

        Ending = why;
        return true;
    }

    private void FinishEnd()
    {
        Window!.Life.BeginDying();
        foreach (VirtualCpu cpu in Machine!.Cpus)
        {
            cpu.Request(CpuRequests.Die);
        }

        // The reason stands in Ending; as an event it would end the VM that follows this one as well.
        Post(MachineEvents.CpuFinished);
    }

    /// <summary>Gives the slot a VM that is whole.</summary>
    internal void Attach(VmReference<VirtualMachine> machine)
    {
        _machine = machine;
        Volatile.Write(ref _isAttached, 1);
    }

    /// <summary>The VM is gone.</summary>
    internal void Detach()
    {
        _machine = default;
        Window = null;
    }
}

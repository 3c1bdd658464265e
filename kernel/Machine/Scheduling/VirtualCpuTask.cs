// SPDX-License-Identifier: MIT
using System.Threading;
using Hypervisor.Machine.Config;
using Hypervisor.Memory;
using Hypervisor.Platform;
using Hypervisor.Runtime;
using Hypervisor.Virtualization;
using Hypervisor.X64;

namespace Hypervisor.Machine.Scheduling;

/// <summary>
/// What the scheduler knows of a vCPU. It is made at boot with its slot and outlives the VMs that run in it, so it
/// names the vCPU by the slot and an index; the VM's region holds the vCPU itself.
/// </summary>
public sealed class VirtualCpuTask : Schedulable
{
    private readonly MachineSlot _slot;
    private readonly int _index;
    private readonly ServeCall _serve;
    private readonly CpuAlarm _alarm;

    /// <summary>The processor whose slice this is; null between slices.</summary>
    private Processor? _runsOn;
    private ulong _began;
    private ulong _ticks;

    /// <summary>Counts the changes of both; odd while they are changed.</summary>
    private uint _changes;

    public VirtualCpuTask(MachineSlot slot, int index)
    {
        _slot = slot;
        _index = index;
        _serve = new ServeCall(this);
        _alarm = new CpuAlarm(this);
        State = SchedulableState.Finished;
        VmConfig config = slot.Config;
        Weight = config.Weight * WeightUnit / config.Cpus;
        Share = slot.Share;
        Pin = index < config.Pin.Length ? config.Pin[index] : -1;
        IsGuest = true;
    }

    /// <summary>Slices in which the vCPU ran since the VM was started.</summary>
    public ulong Slices => Statistics.Slices;

    /// <summary>
    /// For how long that was, in ticks of the host's counter; with the present slice, which lasts for ever on a
    /// processor that is the vCPU's alone.
    /// </summary>
    public ulong Ticks
    {
        get
        {
            uint changes;
            ulong began;
            ulong ticks;
            do
            {
                // Its processor is between the two for a few instructions at the most.
                changes = Volatile.Read(ref _changes);
                began = Volatile.Read(ref _began);
                ticks = Volatile.Read(ref _ticks);
            }
            while ((changes & 1) != 0 || Volatile.Read(ref _changes) != changes);

            // The counter of the processor that looks may be a little behind.
            ulong now = Instructions.ReadTimestamp();
            return ticks + (began != 0 && now > began ? now - began : 0);
        }
    }

    /// <summary>True once the vCPU has left its last handler and will not be entered again.</summary>
    public bool IsFinished => State == SchedulableState.Finished;

    /// <summary>Begins to schedule the vCPU of a VM that was just built.</summary>
    public void Start(Schedulers schedulers)
    {
        Statistics = default;
        SetTicks(0, 0);
        schedulers.ChooseFor(this).Add(this);
    }

    public override SliceOutcome RunSlice()
    {
        _runsOn = Processor.Current;
        ulong began = Instructions.ReadTimestamp();
        SetTicks(_ticks, began);
        FaultKind fault = FaultBoundary.Run(_serve);
        SetTicks(_ticks + Instructions.ReadTimestamp() - began, 0);
        _runsOn = null;
        if (fault != FaultKind.None)
        {
            Processor.Current.Held?.LetGo();
            _slot.Fault(fault, _index);
            return SliceOutcome.Finished;
        }

        return _serve.Outcome;
    }

    /// <summary>
    /// Nothing of the vCPU stays in the processor that it ran on last, which runs this: neither its state, nor an alarm
    /// that would look for a VM that may be gone. Its timers are looked at again at the next slice.
    /// </summary>
    public override void LeaveProcessor()
    {
        bool interruptsWereOn = CurrentProcessor.DisableInterrupts();
        CancelAlarm();
        if (_slot.Machine is { } machine)
        {
            machine.Cpus[_index].Detach();
            PostTimerDue();
        }

        CurrentProcessor.RestoreInterrupts(interruptsWereOn);
    }

    public override void Ended() => _slot.Post(MachineEvents.CpuFinished);

    /// <summary>
    /// Has the vCPU's timers looked at when the host clock reaches <paramref name="moment"/>. The alarm is armed on the
    /// processor that the vCPU runs on and moves with it, so only the vCPU's own slice arms it: another context (a
    /// sibling that sets a device's timer) has the slice look.
    /// </summary>
    internal void ArmAlarm(ulong moment)
    {
        Processor here = Processor.Current;
        if (_runsOn == here)
        {
            here.Deadlines.Arm(_alarm, moment);
        }
        else
        {
            bool interruptsWereOn = CurrentProcessor.DisableInterrupts();
            PostTimerDue();
            CurrentProcessor.RestoreInterrupts(interruptsWereOn);
        }
    }

    private void SetTicks(ulong ticks, ulong began)
    {
        Volatile.Write(ref _changes, _changes + 1);
        Volatile.Write(ref _ticks, ticks);
        Volatile.Write(ref _began, began);
        Volatile.Write(ref _changes, _changes + 1);
    }

    /// <summary>No alarm comes for this vCPU any more.</summary>
    private void CancelAlarm() => Processor.Current.Deadlines.Cancel(_alarm);

    /// <summary>The alarm's moment has come: in the timer's interrupt.</summary>
    internal void OnAlarm() => PostTimerDue(FaultSite.CpuAlarm);

    /// <summary>With interrupts off.</summary>
    private void PostTimerDue(FaultSite site = FaultSite.Nowhere)
    {
        if (_slot.TryHold(out VirtualMachine? machine))
        {
            FaultInjector.PassFor(site, this);
            machine.Cpus[_index].Request(CpuRequests.TimerDue);
            _slot.LetGo();
        }
    }

    private sealed class ServeCall : ContainedCall
    {
        private readonly VirtualCpuTask _task;

        public ServeCall(VirtualCpuTask task)
        {
            _task = task;
        }

        public SliceOutcome Outcome { get; private set; }

        public override void Invoke()
        {
            if (_task._slot.Window is not { } window || _task._slot.Machine is not { } machine)
            {
                Outcome = SliceOutcome.Finished;
                return;
            }

            // What a handler allocates against the rule is the VM's, and is counted there.
            RegionScope scope = window.Region.Enter();
            VirtualCpu cpu = machine.Cpus[_task._index];
            if (_task.Scheduler is Scheduler { Virtualization: { } here } && here != cpu.Processor)
            {
                // It left the other one before it came here.
                cpu.Processor = here;
            }

            Outcome = machine.Serve(_task._index);
            scope.Leave();
        }
    }
}

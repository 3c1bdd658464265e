// SPDX-License-Identifier: MIT
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

    public VirtualCpuTask(MachineSlot slot, int index)
    {
        _slot = slot;
        _index = index;
        _serve = new ServeCall(this);
        _alarm = new CpuAlarm(this);
        State = SchedulableState.Finished;
    }

    /// <summary>Slices in which the vCPU ran since the VM was started.</summary>
    public ulong Slices { get; private set; }

    /// <summary>For how long that was, in ticks of the host's counter.</summary>
    public ulong Ticks { get; private set; }

    /// <summary>True once the vCPU has left its last handler and will not be entered again.</summary>
    public bool IsFinished => State == SchedulableState.Finished;

    /// <summary>Begins to schedule the vCPU of a VM that was just built.</summary>
    public void Start(Scheduler scheduler)
    {
        Slices = 0;
        Ticks = 0;
        scheduler.Add(this);
    }

    public override SliceOutcome RunSlice()
    {
        Slices++;
        ulong begin = Instructions.ReadTimestamp();
        FaultKind fault = FaultBoundary.Run(_serve);
        Ticks += Instructions.ReadTimestamp() - begin;
        if (fault != FaultKind.None)
        {
            _slot.Fault(fault, _index);
            return SliceOutcome.Finished;
        }

        return _serve.Outcome;
    }

    public override void Ended() => _slot.Post(MachineEvents.CpuFinished);

    /// <summary>Has the vCPU's timers looked at when the host clock reaches <paramref name="moment"/>.</summary>
    internal void ArmAlarm(ulong moment) => Processor.Current.Deadlines.Arm(_alarm, moment);

    /// <summary>No alarm comes for this vCPU any more.</summary>
    internal void CancelAlarm() => Processor.Current.Deadlines.Cancel(_alarm);

    /// <summary>From the timer's interrupt.</summary>
    internal void PostTimerDue()
    {
        if (_slot.TryHold(out VirtualMachine? machine))
        {
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
            VirtualMachine? machine = _task._slot.Machine;
            Outcome = machine == null ? SliceOutcome.Finished : machine.Serve(_task._index);
        }
    }
}

// SPDX-License-Identifier: MIT
using Hypervisor.Machine.Config;
using Hypervisor.Memory;
using Hypervisor.Platform;
using Hypervisor.Runtime;

namespace Hypervisor.Machine;

/// <summary>
/// The host task that builds VMs, reaps them and decides what follows: the life of every slot is here, one step at a
/// time.
/// </summary>
public sealed class Supervisor : HostTask
{
    /// <summary>How long a guest may take to answer its power button: 10 s.</summary>
    public const ulong PowerButtonPatience = 10_000_000_000;

    /// <summary>
    /// The first pause before a crashed VM is started again (1 s); it doubles with every crash, up to 64 s.
    /// </summary>
    public const ulong FirstBackOff = 1_000_000_000;

    /// <summary>A VM that ran for so long (60 s) before it crashed begins with the first pause again.</summary>
    public const ulong StableTime = 60_000_000_000;

    private const int LongestBackOffExponent = 6;

    private readonly HostClock _clock;
    private readonly MachineBuilder _builder;
    private readonly PowerControl _power;
    private readonly Schedulable _zeroing;
    private AllStoppedAction _onAllStopped;
    private MachineSlot[] _slots = new MachineSlot[0];

    /// <summary><paramref name="zeroing"/> is woken when a VM has taken or given back memory.</summary>
    public Supervisor(
        HostVirtual stackTop, HostClock clock, MachineBuilder builder, PowerControl power, Schedulable zeroing)
        : base("supervisor", stackTop)
    {
        _clock = clock;
        _builder = builder;
        _power = power;
        _zeroing = zeroing;
    }

    /// <summary>The configuration's VMs. Set once, before the task runs for the first time.</summary>
    public void Take(MachineSlot[] slots, AllStoppedAction onAllStopped)
    {
        _slots = slots;
        _onAllStopped = onAllStopped;
    }

    protected override void Run()
    {
        while (true)
        {
            foreach (MachineSlot slot in _slots)
            {
                Step(slot, slot.TakeEvents());
            }

            WaitForWake();
        }
    }

    /// <summary>The supervisor holds the host's own state: a fault in it is no VM's.</summary>
    protected override void OnFault(FaultKind kind) => Panic.Halt("a fault in the supervisor");

    private void Step(MachineSlot slot, MachineEvents events)
    {
        if (slot.State == MachineState.Faulting || slot.State == MachineState.Dying)
        {
            Bury(slot);
        }

        if ((events & (MachineEvents.Stop | MachineEvents.ForceStop | MachineEvents.Restart)) != 0)
        {
            AskToEnd(slot, events);
        }

        if ((events & MachineEvents.DeadlinePassed) != 0)
        {
            DeadlinePassed(slot);
        }

        if ((events & MachineEvents.Start) != 0 && slot.State == MachineState.Stopped)
        {
            slot.CrashesInARow = 0;
            Start(slot);
        }
    }

    private void AskToEnd(MachineSlot slot, MachineEvents events)
    {
        if (slot.State != MachineState.Running)
        {
            Disarm(slot);
            if ((events & MachineEvents.Restart) != 0 && slot.State == MachineState.Stopped)
            {
                Start(slot);
            }
        }
        else if ((events & MachineEvents.Restart) != 0)
        {
            slot.End(MachineEvents.Restart);
        }
        else if ((events & MachineEvents.ForceStop) != 0)
        {
            slot.End(MachineEvents.ForceStop);
        }
        else
        {
            slot.PostWork(MachineWork.PowerButton);
            Arm(slot, PowerButtonPatience);
        }
    }

    private void DeadlinePassed(MachineSlot slot)
    {
        if (slot.State == MachineState.Running)
        {
            Log.Host($"{slot.Config.Name}: the guest did not answer its power button; stopped by force");
            slot.End(MachineEvents.ForceStop);
        }
        else if (slot.State == MachineState.Stopped)
        {
            Start(slot);
        }
    }

    private void Start(MachineSlot slot)
    {
        slot.State = MachineState.Building;
        if (!_builder.TryBuild(slot))
        {
            slot.State = MachineState.Stopped;
            slot.Ending = MachineEvents.Crashed;
            AfterEnd(slot);
            return;
        }

        slot.Starts++;
        slot.Ending = MachineEvents.None;
        slot.StartedAt = _clock.Now;
        slot.State = MachineState.Running;
        _builder.Launch(slot);
        _zeroing.Wake();
    }

    /// <summary>
    /// Dying, Quiescent, Reaped: goes as far as the vCPUs have come; each of them wakes the task when it leaves.
    /// </summary>
    private void Bury(MachineSlot slot)
    {
        slot.State = MachineState.Dying;
        foreach (Scheduling.VirtualCpuTask task in slot.Tasks)
        {
            if (!task.IsFinished)
            {
                return;
            }
        }

        slot.State = MachineState.Quiescent;
        Disarm(slot);
        MachineReaper.Reap(slot);
        slot.State = MachineState.Reaped;
        _zeroing.Wake();
        Follow(slot);
    }

    private void Follow(MachineSlot slot)
    {
        slot.State = MachineState.Stopped;
        switch (slot.Ending)
        {
            case MachineEvents.ResetAsked:
            case MachineEvents.Restart:
                Start(slot);
                return;
            case MachineEvents.Crashed:
                slot.Crashes++;
                CrashText.Write(slot);
                if (slot.Config.OnCrash == CrashAction.Restart)
                {
                    BackOff(slot);
                    return;
                }

                break;
        }

        AfterEnd(slot);
    }

    private void BackOff(MachineSlot slot)
    {
        slot.CrashesInARow = _clock.Now - slot.StartedAt >= StableTime ? 0 : slot.CrashesInARow + 1;
        int exponent = slot.CrashesInARow > LongestBackOffExponent ? LongestBackOffExponent : slot.CrashesInARow;
        ulong pause = FirstBackOff << (exponent == 0 ? 0 : exponent - 1);
        Log.Host($"{slot.Config.Name}: starts again in {pause / 1_000_000_000} s");
        Arm(slot, pause);
    }

    private void AfterEnd(MachineSlot slot)
    {
        Log.Host($"{slot.Config.Name}: stopped");
        foreach (MachineSlot other in _slots)
        {
            if (other.State != MachineState.Stopped || other.Patience.IsArmed)
            {
                return;
            }
        }

        if (_onAllStopped == AllStoppedAction.PowerOff)
        {
            _power.Ask(PowerRequest.PowerOff);
        }
        else if (_onAllStopped == AllStoppedAction.Reboot)
        {
            _power.Ask(PowerRequest.Reset);
        }
    }

    private void Arm(MachineSlot slot, ulong pause) =>
        Processor.Current.Deadlines.Arm(slot.Patience, _clock.Now + pause);

    private static void Disarm(MachineSlot slot) => Processor.Current.Deadlines.Cancel(slot.Patience);
}

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
    /// The first pause before a VM is started again (1 s); it doubles with every VM of the row, up to 64 s.
    /// </summary>
    public const ulong FirstBackOff = 1_000_000_000;

    /// <summary>A VM that ran for so long (60 s) before it crashed or was reset begins a new row.</summary>
    public const ulong StableTime = 60_000_000_000;

    /// <summary>So many resets in a row have no pause: a system that is being installed needs one or two.</summary>
    public const int ResetsAtOnce = 3;

    private const int LongestBackOffExponent = 6;
    private const ulong Second = 1_000_000_000;

    /// <summary>How long the supervisor waits for whoever looks at a VM that is to go: 1 ms.</summary>
    private const ulong HolderPatience = 1_000_000;

    private readonly HostClock _clock;
    private readonly MachineFactory _machines;
    private readonly PowerControl _power;
    private readonly Schedulable _zeroing;
    private AllStoppedAction _onAllStopped;
    private MachineSlot[] _slots = new MachineSlot[0];

    /// <summary><paramref name="zeroing"/> is woken when a VM has taken or given back memory.</summary>
    public Supervisor(
        HostVirtual stackTop, HostClock clock, MachineFactory machines, PowerControl power, Schedulable zeroing)
        : base("supervisor", stackTop)
    {
        _clock = clock;
        _machines = machines;
        _power = power;
        _zeroing = zeroing;
        History = new MachineHistory(clock);
    }

    /// <summary>What has happened to the VMs.</summary>
    public MachineHistory History { get; }

    /// <summary>The configuration's VMs. Set once, before the task runs for the first time.</summary>
    public void Take(MachineSlot[] slots, AllStoppedAction onAllStopped)
    {
        _slots = slots;
        _onAllStopped = onAllStopped;
    }

    protected override void Run()
    {
        StartByThemselves();
        while (true)
        {
            StepAll();
            WaitForWake();
        }
    }

    /// <summary>
    /// Starts the VMs that the configuration starts, in its order, each after its delay: what is without one at once.
    /// </summary>
    internal void StartByThemselves()
    {
        ulong pause = 0;
        foreach (MachineSlot slot in _slots)
        {
            if (!slot.Config.AutoStart)
            {
                continue;
            }

            pause += (ulong)slot.Config.StartDelay * Second;
            if (pause == 0)
            {
                slot.Post(MachineEvents.Start);
            }
            else
            {
                Note(slot, "waits", "for its start");
                Arm(slot, pause);
            }
        }
    }

    /// <summary>Takes every slot as far as it goes without waiting.</summary>
    internal void StepAll()
    {
        foreach (MachineSlot slot in _slots)
        {
            Step(slot, slot.TakeEvents());
        }
    }

    /// <summary>The supervisor holds the host's own state: a fault in it is no VM's.</summary>
    protected override void OnFault(FaultKind kind) =>
        Panic.Contained("a fault in the supervisor", kind, FaultTrace.Last);

    private void Step(MachineSlot slot, MachineEvents events)
    {
        MachineEvents wish = events & MachineEvents.Wishes;
        switch (slot.State)
        {
            case MachineState.Running:
                StepRunning(slot, wish);
                StepPause(slot, events & MachineEvents.PauseWishes);
                break;
            case MachineState.Stopped:
                StepStopped(slot, wish);
                break;
            default:
                slot.Wish = wish != MachineEvents.None ? wish : slot.Wish;
                Bury(slot);
                break;
        }
    }

    private void StepRunning(MachineSlot slot, MachineEvents wish)
    {
        if (IsDue(slot))
        {
            Say(slot, "the guest did not answer its power button; stopped by force");
            slot.End(MachineEvents.ForceStop);
        }

        switch (wish)
        {
            case MachineEvents.Restart:
            case MachineEvents.ForceStop:
                slot.Wish = wish;
                slot.End(wish);
                break;
            case MachineEvents.Destroy:
                slot.Wish = wish;
                slot.End(MachineEvents.ForceStop);
                break;
            case MachineEvents.Start:
                // One that is on its way to a stop is started after it; one that is paused goes on.
                slot.Wish = slot.Wish == MachineEvents.None ? slot.Wish : wish;
                slot.WantsPause = false;
                break;
            case MachineEvents.Stop when slot.IsNew:
                // It has nobody yet who could answer.
                slot.Wish = wish;
                slot.End(MachineEvents.ForceStop);
                break;
            case MachineEvents.Stop:
                slot.Wish = wish;
                slot.WantsPause = false;
                slot.PostWork(MachineWork.PowerButton);
                if (slot.Deadline == 0)
                {
                    Arm(slot, PowerButtonPatience);
                }

                break;
        }
    }

    /// <summary>A pause begins when all vCPUs are awake, and ends when all are at rest.</summary>
    private void StepPause(MachineSlot slot, MachineEvents wish)
    {
        if (slot.State != MachineState.Running || slot.Machine is not { } machine)
        {
            return;
        }

        slot.WantsPause = wish == MachineEvents.None ? slot.WantsPause : wish == MachineEvents.Pause;
        if (slot.WantsPause && machine.IsAwake)
        {
            machine.Pause();
        }
        else if (slot.WantsPause && machine.IsFrozen && !slot.IsPaused)
        {
            slot.IsPaused = true;
            Say(slot, slot.IsNew ? "waits for its start" : "paused");
        }
        else if (!slot.WantsPause && machine.IsFrozen)
        {
            Say(slot, slot.IsNew ? "started" : "resumed");
            if (slot.IsNew)
            {
                Begin(slot);
            }

            slot.IsPaused = false;
            machine.Resume();
        }
    }

    private void StepStopped(MachineSlot slot, MachineEvents wish)
    {
        if (wish is MachineEvents.Start or MachineEvents.Restart or MachineEvents.Create)
        {
            slot.EndsInARow = 0;
            Start(slot, isNew: wish == MachineEvents.Create);
        }
        else if (wish == MachineEvents.Destroy && slot.IsAtRest)
        {
            Forget(slot);
        }
        else if (wish != MachineEvents.None && slot.IsRestarting)
        {
            AfterEnd(slot, forget: wish == MachineEvents.Destroy);
        }
        else if (IsDue(slot))
        {
            Start(slot);
        }
    }

    /// <summary>Builds its VM and lets it run; one that is only created stands still until somebody asks.</summary>
    private void Start(MachineSlot slot, bool isNew = false)
    {
        slot.State = MachineState.Building;
        Disarm(slot);
        slot.Wish = MachineEvents.None;
        slot.WantsPause = isNew;
        slot.IsPaused = false;
        slot.IsNew = isNew;
        if (!_machines.TryBuild(slot))
        {
            Note(slot, "cannot start", "'log' says why");
            slot.Ending = MachineEvents.Crashed;
            AfterEnd(slot);
            return;
        }

        slot.Ending = MachineEvents.None;
        if (!isNew)
        {
            Begin(slot);
        }

        slot.Console.DiscardInput();
        slot.State = MachineState.Running;
        _machines.Launch(slot);
        Note(slot, isNew ? "created" : "started");
        _zeroing.Wake();
    }

    /// <summary>Its VM comes to its first instruction.</summary>
    private void Begin(MachineSlot slot)
    {
        slot.IsNew = false;
        slot.Starts++;
        slot.StartedAt = _clock.Now;
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

        if (!slot.TryHide())
        {
            Arm(slot, HolderPatience);
            return;
        }

        slot.State = MachineState.Quiescent;
        Disarm(slot);
        _machines.Reap(slot);
        slot.State = MachineState.Reaped;
        _zeroing.Wake();
        Follow(slot);
    }

    /// <summary>
    /// What a person has asked goes before what the VM did. It is stopped only where nothing starts it again: until
    /// that is decided the console goes on waiting.
    /// </summary>
    private void Follow(MachineSlot slot)
    {
        if (slot.Ending == MachineEvents.Crashed)
        {
            slot.Crashes++;
            CrashText.Write(slot);
            Note(slot, "crashed", CrashText.ReasonOf(slot.Report));
        }

        if (slot.Wish != MachineEvents.None)
        {
            FollowWish(slot);
        }
        else if (slot.Ending == MachineEvents.ResetAsked)
        {
            StartAgain(slot, ResetsAtOnce);
        }
        else if (slot.Ending == MachineEvents.Crashed && slot.Config.OnCrash == CrashAction.Restart)
        {
            StartAgain(slot, 0);
        }
        else
        {
            AfterEnd(slot);
        }
    }

    private void FollowWish(MachineSlot slot)
    {
        if (slot.Wish is MachineEvents.Start or MachineEvents.Restart or MachineEvents.Create)
        {
            Note(slot, "ended", NameOf(slot.Ending));
            slot.EndsInARow = 0;
            Start(slot, isNew: slot.Wish == MachineEvents.Create);
            return;
        }

        AfterEnd(slot, forget: slot.Wish == MachineEvents.Destroy);
    }

    /// <summary>Starts a VM that has ended by itself, after a pause where more than so many have in a row.</summary>
    private void StartAgain(MachineSlot slot, int withoutPause)
    {
        slot.EndsInARow = _clock.Now - slot.StartedAt >= StableTime ? 1 : slot.EndsInARow + 1;
        int exponent = slot.EndsInARow - withoutPause - 1;
        if (exponent < 0)
        {
            Note(slot, "ended", NameOf(slot.Ending));
            Start(slot);
            return;
        }

        ulong pause = FirstBackOff << (exponent > LongestBackOffExponent ? LongestBackOffExponent : exponent);
        Arm(slot, pause);
        slot.State = MachineState.Stopped;
        Log.Host($"{slot.Config.Name}: starts again in {pause / Second} s");
        Note(slot, "waits", "before it starts again");
    }

    /// <summary>Said before it is at rest: whoever waits for that then has all there is to show.</summary>
    private void AfterEnd(MachineSlot slot, bool forget = false)
    {
        Note(slot, "stopped", NameOf(slot.Ending));
        Log.Host($"{slot.Config.Name}: stopped");
        if (forget)
        {
            Forget(slot);
        }

        Disarm(slot);
        slot.State = MachineState.Stopped;
        foreach (MachineSlot other in _slots)
        {
            if (!other.IsAtRest)
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

    /// <summary>Destroyed: as if it had never been started.</summary>
    private void Forget(MachineSlot slot)
    {
        Say(slot, "destroyed");
        slot.Ending = MachineEvents.None;
        slot.Starts = 0;
        slot.Crashes = 0;
        slot.EndsInARow = 0;
        slot.AllocationsAfterStart = 0;
        slot.Report.Clear();
        slot.Console.DiscardOutput();
    }

    private void Say(MachineSlot slot, string what)
    {
        Log.Host($"{slot.Config.Name}: {what}");
        Note(slot, what);
    }

    private void Note(MachineSlot slot, string what, string detail = "") =>
        History.Add(slot.Config.Name, what, detail);

    /// <summary>In words why a VM ended; empty for one that has not.</summary>
    internal static string NameOf(MachineEvents ending) => ending switch
    {
        MachineEvents.PoweredOff => "it switched itself off",
        MachineEvents.ResetAsked => "it was reset",
        MachineEvents.Crashed => "it crashed",
        MachineEvents.ForceStop => "it was switched off",
        MachineEvents.Restart => "it was restarted",
        _ => "",
    };

    /// <summary>
    /// The clock decides, not the event: an alarm that rang while it was being disarmed has left its event behind.
    /// </summary>
    private bool IsDue(MachineSlot slot) => slot.Deadline != 0 && _clock.Now >= slot.Deadline;

    private void Arm(MachineSlot slot, ulong pause)
    {
        slot.Deadline = _clock.Now + pause;
        Processor.Current.Deadlines.Arm(slot.Patience, slot.Deadline);
    }

    private static void Disarm(MachineSlot slot)
    {
        slot.Deadline = 0;
        Processor.Current.Deadlines.Cancel(slot.Patience);
    }
}

// SPDX-License-Identifier: MIT
using System;
using Hypervisor.Memory;
using Hypervisor.Platform;
using Hypervisor.Runtime;

namespace Hypervisor.Machine;

/// <summary>
/// A checked build's proof that faults stay inside: every kind of fault at every site that the guest reaches, again and
/// again. After each the VM must have stopped with the right report, must start again, and no frame may be missing.
/// Started by <c>inject=ROUNDS</c> on the command line; ends with one line on the serial port, and power-off.
/// </summary>
public sealed class FaultTrialTask : HostTask
{
    private const ulong Millisecond = 1_000_000;
    private const ulong WarmUp = 10_000 * Millisecond;
    private const ulong SitePatience = 20_000 * Millisecond;
    private const ulong StatePatience = 300_000 * Millisecond;
    private const ulong Poll = 2 * Millisecond;

    /// <summary>Prime to the number of trials: all come, and few of them already visit every site.</summary>
    private const int Stride = 37;

    private readonly MachineSlot _slot;
    private readonly HostMemory _memory;
    private readonly HostClock _clock;
    private readonly PowerControl _power;
    private readonly int _rounds;
    private readonly TaskAlarm _alarm;
    private readonly long[] _baseline = new long[(int)FrameKind.Quarantined + 1];
    private bool _hasBaseline;
    private int _contained;
    private int _unreached;

    /// <summary>A task that makes <paramref name="rounds"/> faults in the VM of <paramref name="slot"/>.</summary>
    public FaultTrialTask(
        HostVirtual stackTop, MachineSlot slot, HostMemory memory, HostClock clock, PowerControl power, int rounds)
        : base("fault trial", stackTop)
    {
        _slot = slot;
        _memory = memory;
        _clock = clock;
        _power = power;
        _rounds = rounds;
        _alarm = new TaskAlarm(this);
    }

    protected override void Run()
    {
        string? failure = TryState(MachineState.Running) ? null : "the VM does not start";
        Pause(WarmUp);
        int number = 0;
        for (int round = 0; round < _rounds && failure == null; round++)
        {
            FaultTrial trial = NextTrial(ref number);
            failure = Perform(trial);
            if (failure != null)
            {
                Write("INJECT at site ", (int)trial.Site, " fault ", (int)trial.Fault,
                    trial.WithLock ? " with a lock\r\n" : "\r\n");
            }
        }

        Write(failure == null ? "INJECT passed: " : "INJECT failed: ", _contained, " contained, ", _unreached,
            " not reached\r\n");
        if (failure != null)
        {
            Panic.Halt(failure);
        }

        _power.PowerOff();
    }

    /// <summary>The trial itself is the host's: a fault in it is no VM's.</summary>
    protected override void OnFault(FaultKind kind) => Panic.Halt("a fault in the fault trial");

    /// <summary>The next trial of a site that the guest has passed while it was left alone.</summary>
    private static FaultTrial NextTrial(ref int number)
    {
        while (true)
        {
            var trial = new FaultTrial((int)((long)number++ * Stride % FaultTrial.Count));
            bool isReached = FaultInjector.PassesOf(trial.Site) > 0 || trial.Site == FaultSite.MachineWork;
            if (trial.IsPossible && isReached)
            {
                return trial;
            }
        }
    }

    private string? Perform(FaultTrial trial)
    {
        if (!TryState(MachineState.Running))
        {
            return "the VM does not start again";
        }

        ulong crashes = _slot.Crashes;
        FaultInjector.Arm(trial.Site, trial.Fault, trial.WithLock);
        if (!TryReach(trial))
        {
            FaultInjector.Disarm();
            _unreached++;
            return null;
        }

        if (trial.EndsMachine && !TryState(MachineState.Stopped))
        {
            return "the VM does not stop after a fault";
        }

        bool isReported = _slot.Crashes == crashes + 1 && _slot.Report.Kind == FaultInjector.ExpectedKind(trial.Fault);
        if (trial.EndsMachine && !isReported)
        {
            return "the report names another fault";
        }

        _contained++;
        return TryState(MachineState.Stopped) && TryBalance() ? null : "memory is missing after a fault";
    }

    /// <summary>Waits until the armed site was passed; the guest is started again where it ends by itself.</summary>
    private bool TryReach(FaultTrial trial)
    {
        ulong start = _clock.Now;
        while (FaultInjector.IsArmed && _clock.Now - start < SitePatience)
        {
            if (trial.Site == FaultSite.MachineWork)
            {
                _slot.PostWork(MachineWork.ConsoleInput);
            }

            if (_slot.State == MachineState.Stopped)
            {
                _slot.Post(MachineEvents.Start);
            }

            Pause(Poll);
        }

        return !FaultInjector.IsArmed;
    }

    /// <summary>Starts or stops the VM and waits for it; false where it takes too long.</summary>
    private bool TryState(MachineState wanted)
    {
        ulong start = _clock.Now;
        while (_slot.State != wanted && _clock.Now - start < StatePatience)
        {
            if (wanted == MachineState.Running && _slot.State == MachineState.Stopped)
            {
                _slot.Post(MachineEvents.Start);
            }
            else if (wanted == MachineState.Stopped && _slot.State == MachineState.Running && !FaultInjector.IsArmed)
            {
                _slot.Post(MachineEvents.ForceStop);
            }

            Pause(Poll);
        }

        return _slot.State == wanted;
    }

    /// <summary>
    /// True where every kind of frame is there as often as after the first fault; blocks that are
    /// being zeroed come back in a moment.
    /// </summary>
    private bool TryBalance()
    {
        ulong start = _clock.Now;
        bool isEqual;
        do
        {
            Pause(Poll);
            isEqual = true;
            for (int kind = 0; kind < _baseline.Length; kind++)
            {
                long count = _memory.Frames.Count((FrameKind)kind);
                _baseline[kind] = _hasBaseline ? _baseline[kind] : count;
                isEqual &= _baseline[kind] == count;
            }
        }
        while (!isEqual && _clock.Now - start < SitePatience);

        _hasBaseline = true;
        return isEqual;
    }

    private void Pause(ulong nanoseconds)
    {
        _alarm.IsDue = false;
        Processor.Current.Deadlines.Arm(_alarm, _clock.Now + nanoseconds);
        while (!_alarm.IsDue)
        {
            WaitForWake();
        }
    }

    private static void Write(string text0, int number0, string text1, int number1, string text2)
    {
        Span<byte> memory = stackalloc byte[128];
        var line = new TextBuffer(memory);
        line.Append(text0);
        line.Append((long)number0);
        line.Append(text1);
        line.Append((long)number1);
        line.Append(text2);
        EarlyConsole.Write(line.Text);
    }

    /// <summary>Wakes the task.</summary>
    private sealed class TaskAlarm : Alarm
    {
        private readonly FaultTrialTask _task;

        public TaskAlarm(FaultTrialTask task)
        {
            _task = task;
        }

        public bool IsDue { get; set; }

        public override void Fire(ulong now)
        {
            IsDue = true;
            _task.Wake();
        }
    }
}

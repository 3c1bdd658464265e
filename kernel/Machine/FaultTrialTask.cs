// SPDX-License-Identifier: MIT
using System;
using Hypervisor.Memory;
using Hypervisor.Platform;
using Hypervisor.Runtime;
using Hypervisor.Virtualization;

namespace Hypervisor.Machine;

/// <summary>
/// A checked build's proof that faults stay inside: every kind of fault at every site that the guest reaches, again and
/// again. After each the VM must have stopped with the right report, or go on where it was not its fault; it must start
/// again, and every counter of memory must be what it was. Started by <c>inject=ROUNDS</c> on the command line, with a
/// guest that ends its own lives (tests/Guests, Provocation); ends with a table on the serial port, and power-off.
/// </summary>
public sealed class FaultTrialTask : HostTask
{
    /// <summary>
    /// The watchdog beats 1165 times a second where faults are injected, so that what is stuck is found in 55 ms; more
    /// slowly with several processors.
    /// </summary>
    private const int WatchdogDivisor = 1024;

    private const ulong Millisecond = 1_000_000;
    private const ulong Patience = 120_000 * Millisecond;
    private const ulong Poll = Millisecond / 2;

    /// <summary>What the port's queue still holds is on the line after this; the power ends both.</summary>
    private const ulong LineDrain = 50 * Millisecond;

    /// <summary>A line says so often that it goes on.</summary>
    private const int RoundsPerLine = 50;

    /// <summary>Lives of the guest without faults, in which it passes every site that it can.</summary>
    private const ulong Survey = 3;

    private readonly MachineSlot _slot;
    private readonly HostClock _clock;
    private readonly PowerControl _power;
    private readonly FaultTrialSubjects _subjects;
    private readonly int _rounds;
    private readonly FaultTrialWitness _witness;
    private readonly MemoryLedger _memory;
    private readonly FaultTrialTable _table = new();
    private readonly TaskAlarm _alarm;

    /// <summary>
    /// A task that makes <paramref name="rounds"/> faults around the first VM of <paramref name="slots"/>; nothing is
    /// to happen to the second, where there is one.
    /// </summary>
    public FaultTrialTask(
        HostVirtual stackTop,
        MachineSlot[] slots,
        HostMemory memory,
        Board board,
        FaultTrialSubjects subjects,
        int rounds)
        : base("fault trial", stackTop)
    {
        _slot = slots[0];
        _witness = new FaultTrialWitness(slots.Length > 1 ? slots[1] : null);
        _clock = board.Clock;
        _power = board.Power;
        _subjects = subjects;
        _rounds = rounds;
        _memory = new MemoryLedger(memory, _slot, board.BootProcessor.Deadlines);
        _alarm = new TaskAlarm(this);
    }

    /// <summary>
    /// Somebody presses a key now and then: where a UART sends at once, its interrupt comes from nothing else.
    /// </summary>
    private static bool IsTypedOn => FaultInjector.PassesOf(FaultSite.SerialInterrupt) > 0;

    /// <summary>
    /// What the watchdog's timer counts to: an emulator has less time for each of several processors, and what is only
    /// slow, such as an overflow of a stack, must not look stuck.
    /// </summary>
    public static ushort DivisorFor(int processors) =>
        (ushort)Math.Min(processors == 1 ? WatchdogDivisor : WatchdogDivisor * 2 * processors, ushort.MaxValue);

    protected override void Run()
    {
        ulong start = _clock.Now;
        string? failure = Prepare();
        int number = 0;
        while (_table.Contained < _rounds && failure == null)
        {
            var trial = new FaultTrial(number++);
            if (trial.IsPossible && FaultInjector.PassesOf(trial.Site) > 0)
            {
                failure = Perform(trial);
            }
        }

        _table.Write(_slot.GaveUp);
        if (failure != null)
        {
            Panic.Halt(failure);
        }

        ulong milliseconds = (_clock.Now - start) / Millisecond;
        FaultTrialTable.Say($"INJECT passed: {_table.Contained} contained in {milliseconds} ms");
        ulong said = _clock.Now;
        while (_clock.Now - said < LineDrain)
        {
            Pause();
        }

        _power.PowerOff();
    }

    /// <summary>The trial itself is the host's: a fault in it is no VM's.</summary>
    protected override void OnFault(FaultKind kind)
    {
        FaultTrialTable.Say($"INJECT failed by itself: {FaultNames.Of(kind)} at {FaultTrace.Last.Rip:x}");
        Panic.Halt("a fault in the fault trial");
    }

    /// <summary>
    /// Lets the guest live undisturbed until it has ended several times, to see what it passes. Null, or what went
    /// wrong.
    /// </summary>
    private string? Prepare()
    {
        ulong start = _clock.Now;
        while ((_slot.Starts <= Survey || !IsTypedOn) && _clock.Now - start < Patience)
        {
            Provoke(FaultSite.MachineWork);
        }

        if (_slot.Starts <= Survey || !IsTypedOn)
        {
            return IsTypedOn ? "the guest does not end and start again by itself" : "nobody types on the console";
        }

        if (!TryStop())
        {
            return "the VM cannot be stopped";
        }

        if (!TryWait())
        {
            return "the VM beside it does not run";
        }

        while (_subjects.Zeroing.State != SchedulableState.Waiting)
        {
            Pause();
        }

        _memory.Begin();
        return null;
    }

    /// <summary>Null, or what was not as it must be.</summary>
    private string? Perform(FaultTrial trial)
    {
        ulong crashes = _slot.Crashes;
        ulong faults = _subjects.FaultsAt(trial.Site);
        string? failure = null;
        if (!TryStrike(trial, crashes))
        {
            failure = "a site that the guest passes was not passed again";
        }
        else if (trial.EndsMachine)
        {
            failure = CheckCrash(trial, crashes);
        }
        else
        {
            failure = CheckOthers(trial, crashes, faults);
        }

        failure ??= TryStop() ? CheckMemory() : "the VM cannot be stopped";
        failure ??= TryWait() && !_witness.HasEnded ? null : "the VM beside it does not go on";
        if (failure == null)
        {
            Count(trial);
        }
        else
        {
            FaultTrialTable.Say(
                $"INJECT failed at {FaultSiteNames.Of(trial.Site)}, fault {(int)trial.Fault}, lock {(int)trial.Held}");
        }

        return failure;
    }

    private void Count(FaultTrial trial)
    {
        _table.Count(trial);
        if (_table.Contained % RoundsPerLine == 0)
        {
            FaultTrialTable.Say($"INJECT contained {_table.Contained} of {_rounds}");
        }
    }

    /// <summary>The VM has ended with a report of this fault.</summary>
    private string? CheckCrash(FaultTrial trial, ulong crashes)
    {
        ulong start = _clock.Now;
        while (_slot.Crashes == crashes && _clock.Now - start < Patience)
        {
            Pause();
        }

        if (_slot.Crashes != crashes + 1)
        {
            return "the VM does not end with a fault";
        }

        bool isExit = trial.Site < FaultSite.Port;
        bool isNamed = _slot.Report.Kind == FaultInjector.ExpectedKind(trial.Fault)
            && (!isExit || (int)_slot.Report.Exit == trial.Site - FaultSite.FirstExit)
            && (FaultInjector.StruckCpu == null || FaultInjector.StruckCpu == _slot.Tasks[_slot.Report.Cpu]);
        if (!isNamed)
        {
            FaultReport report = _slot.Report;
            FaultTrialTable.Say(
                $"INJECT reported {FaultNames.Of(report.Kind)} at {ExitNames.Of(report.Exit)}, cpu {report.Cpu}");
        }

        return isNamed ? null : "the report names another fault";
    }

    /// <summary>The handler or task has one fault more, and no VM has crashed.</summary>
    private string? CheckOthers(FaultTrial trial, ulong crashes, ulong faults)
    {
        ulong start = _clock.Now;
        while (_subjects.FaultsAt(trial.Site) == faults && _clock.Now - start < Patience)
        {
            Pause();
        }

        bool isNamed = _subjects.FaultsAt(trial.Site) == faults + 1
            && _subjects.LastAt(trial.Site) == FaultInjector.ExpectedKind(trial.Fault);
        return !isNamed ? "the handler or task does not count its fault"
            : _slot.Crashes != crashes ? "a VM crashed of what was not its fault"
            : null;
    }

    /// <summary>
    /// A block that is being zeroed comes back in a moment; anything else that is missing stays away.
    /// </summary>
    private string? CheckMemory()
    {
        ulong start = _clock.Now;
        int change;
        do
        {
            change = _memory.FindChange();
            if (change < 0)
            {
                return null;
            }

            Pause();
        }
        while (TryStop() && _clock.Now - start < Patience);

        string name = MemoryLedger.NameOf(change);
        FaultTrialTable.Say($"INJECT changed {name}: {_memory.Before(change)} before, now {_memory.Now(change)}");
        return "a counter of memory is not what it was";
    }

    /// <summary>
    /// The fault is made, and it is what ends the VM where it ends one: a sibling of the vCPU that it is made in may
    /// just then end the guest, and then nobody hears of the fault. False where it is not reached.
    /// </summary>
    private bool TryStrike(FaultTrial trial, ulong crashes)
    {
        ulong start = _clock.Now;
        bool isStruck;
        bool isOvertaken;
        do
        {
            FaultInjector.Arm(trial.Site, trial.Fault, trial.Held, trial.Pass);
            isStruck = TryReach(trial.Site);
            isOvertaken = isStruck && trial.EndsMachine && EndsByItself(crashes);
        }
        while (isOvertaken && _clock.Now - start < Patience);

        return isStruck && !isOvertaken;
    }

    /// <summary>True where the guest begins anew, false where it has crashed or does neither.</summary>
    private bool EndsByItself(ulong crashes)
    {
        ulong start = _clock.Now;
        ulong starts = _slot.Starts;
        while (_slot.Crashes == crashes && _slot.Starts == starts && _clock.Now - start < Patience)
        {
            Pause();
        }

        return _slot.Crashes == crashes && _slot.Starts != starts;
    }

    /// <summary>Waits until the armed pass has come; the guest is started again where it ends by itself.</summary>
    private bool TryReach(FaultSite site)
    {
        ulong start = _clock.Now;
        while (FaultInjector.IsArmed && _clock.Now - start < Patience)
        {
            Provoke(site);
        }

        return !FaultInjector.IsArmed;
    }

    /// <summary>Brings about what a guest does not do by itself, and lets the others run.</summary>
    private void Provoke(FaultSite site)
    {
        if (_slot.State == MachineState.Stopped)
        {
            _slot.Post(MachineEvents.Start);
        }
        else if (site == FaultSite.MachineWork)
        {
            _slot.PostWork(MachineWork.ConsoleInput);
        }
        else if (site is FaultSite.Console or FaultSite.SerialWrite)
        {
            Log.Host($"a line for the console to show");
        }

        Pause();
    }

    /// <summary>Waits until the guest beside has gone on.</summary>
    private bool TryWait()
    {
        ulong start = _clock.Now;
        bool hasGoneOn = _witness.HasGoneOn();
        while (!hasGoneOn && _clock.Now - start < Patience)
        {
            Pause();
            hasGoneOn = _witness.HasGoneOn();
        }

        return hasGoneOn;
    }

    private bool TryStop()
    {
        ulong start = _clock.Now;
        while (!_slot.IsAtRest && _clock.Now - start < Patience)
        {
            _slot.Post(MachineEvents.ForceStop);
            Pause();
        }

        return _slot.IsAtRest;
    }

    private void Pause()
    {
        _alarm.IsDue = false;
        Processor.Current.Deadlines.Arm(_alarm, _clock.Now + Poll);
        while (!_alarm.IsDue)
        {
            WaitForWake();
        }
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

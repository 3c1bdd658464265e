// SPDX-License-Identifier: MIT
using System;
using System.Linq;
using Hypervisor.Console;
using Hypervisor.Machine;
using Hypervisor.Machine.Config;
using Hypervisor.Memory;
using Hypervisor.Platform;
using Hypervisor.Platform.Acpi;
using Hypervisor.Unit.Memory;
using Hypervisor.Unit.Platform.Acpi;
using Hypervisor.X64;
using Xunit;

namespace Hypervisor.Unit.Machine;

/// <summary>What becomes of a VM that ends, and what a person's wish does to it wherever it stands.</summary>
[Collection("log")]
public sealed class SupervisorTests : IDisposable
{
    private const ulong Second = 1_000_000_000;

    private readonly FakeProcessor _hardware = FakeProcessor.Reset();
    private readonly FakeMachines _machines = new();
    private readonly GuestConsole _terminal = new();
    private readonly Processor _processor;
    private readonly PowerControl _power;
    private readonly Supervisor _supervisor;
    private readonly MachineSlot _slot;
    private readonly MachineSlot _other;

    public SupervisorTests()
    {
        var clock = new HostClock(Second);
        _processor = new Processor(0, 0, new DeadlineQueue(clock, new DeadlineTimer(clock), 4));
        CurrentProcessor.Owner = _processor;
        var tables = new AcpiTables(new TestFirmware(), default);
        _power = new PowerControl(tables, new FixedDescription(tables), new TestMachine().Space);
        _supervisor = new Supervisor(default, clock, _machines, _power, new TestTask());
        _other = new MachineSlot(new VmConfig { Name = "other" }, _supervisor, new GuestConsole());
        var config = new VmConfig { Name = "web", OnCrash = CrashAction.Restart };
        _slot = new MachineSlot(config, _supervisor, _terminal);
        _supervisor.Take([_other, _slot], AllStoppedAction.PowerOff);
        Ask(MachineEvents.Start);
    }

    public void Dispose()
    {
        CurrentProcessor.Owner = null;
        Log.Reader = null;
    }

    [Fact]
    public void ACrash_IsFollowedByAPauseThatDoubles_UpTo64Seconds()
    {
        foreach (ulong pause in new ulong[] { 1, 2, 4, 8, 16, 32, 64, 64 })
        {
            End(MachineEvents.Crashed);
            ExpectPause(pause);
        }

        Pass(Supervisor.StableTime);
        End(MachineEvents.Crashed);
        ExpectPause(1);
        Assert.Equal(9UL, _slot.Crashes);
    }

    [Fact]
    public void AReset_IsFollowedAtOnce_ButFromTheFourthInARowOnByAPauseThatDoubles()
    {
        for (int reset = 0; reset < 3; reset++)
        {
            End(MachineEvents.ResetAsked);
            Assert.Equal(MachineState.Running, _slot.State);
        }

        foreach (ulong pause in new ulong[] { 1, 2, 4, 8, 16, 32, 64, 64 })
        {
            End(MachineEvents.ResetAsked);
            ExpectPause(pause);
        }

        Pass(Supervisor.StableTime);
        End(MachineEvents.ResetAsked);
        Assert.Equal(MachineState.Running, _slot.State);
        Assert.Equal(0UL, _slot.Crashes);
    }

    [Fact]
    public void ResetsAndCrashes_AreOneRow()
    {
        for (int reset = 0; reset < 3; reset++)
        {
            End(MachineEvents.ResetAsked);
        }

        End(MachineEvents.Crashed);
        ExpectPause(8);
        End(MachineEvents.ResetAsked);
        ExpectPause(2);
    }

    [Theory]
    [InlineData(MachineEvents.Restart)]
    [InlineData(MachineEvents.Start)]
    public void WhatAPersonStarts_BeginsANewRow(MachineEvents wish)
    {
        for (int reset = 0; reset < 4; reset++)
        {
            End(MachineEvents.ResetAsked);
        }

        Assert.True(_slot.IsRestarting);
        Ask(wish);
        for (int reset = 0; reset < 3; reset++)
        {
            End(MachineEvents.ResetAsked);
            Assert.Equal(MachineState.Running, _slot.State);
            Ask(MachineEvents.Restart);
            Assert.Equal(MachineState.Running, _slot.State);
        }
    }

    [Fact]
    public void AStartDuringABackOff_LeavesNoDeadlineBehind()
    {
        End(MachineEvents.Crashed);
        Ask(MachineEvents.Start);
        Assert.Equal(MachineState.Running, _slot.State);
        Assert.Equal(0, _processor.Deadlines.Armed);
        Pass(100 * Second);
        Assert.Equal(MachineState.Running, _slot.State);
        Assert.Equal(2UL, _slot.Starts);
    }

    [Fact]
    public void AStartAtTheEndOfABackOff_IsNotUndoneByIt()
    {
        // The supervisor has taken what there was, and the alarm rings before it comes to disarm it.
        End(MachineEvents.Crashed);
        _slot.Post(MachineEvents.Start);
        _supervisor.StepAll();
        _slot.Post(MachineEvents.DeadlinePassed);
        _supervisor.StepAll();
        Assert.Equal(MachineState.Running, _slot.State);
        Assert.Equal(2UL, _slot.Starts);
    }

    [Theory]
    [InlineData(MachineEvents.Stop)]
    [InlineData(MachineEvents.ForceStop)]
    public void AStopDuringABackOff_EndsIt_AndIsTheEndOfTheLastVm(MachineEvents wish)
    {
        End(MachineEvents.Crashed);
        Assert.Equal(PowerRequest.None, _power.TakeAsked());
        Ask(wish);
        ExpectStopped();
    }

    [Fact]
    public void AStopAtTheEndOfABackOff_IsNotLost()
    {
        End(MachineEvents.Crashed);
        _hardware.Timestamp += 2 * Second;
        _processor.Deadlines.OnInterrupt();
        Ask(MachineEvents.Stop);
        ExpectStopped();
    }

    [Fact]
    public void AVmInItsBackOff_IsNotStopped_NotEvenWhileTheAlarmRings()
    {
        _other.Post(MachineEvents.Start);
        _supervisor.StepAll();
        End(MachineEvents.Crashed);
        _other.End(MachineEvents.PoweredOff);
        _hardware.Timestamp += 2 * Second;
        _processor.Deadlines.OnInterrupt();
        Assert.True(_slot.IsRestarting);
        _supervisor.StepAll();
        Assert.Equal(MachineState.Stopped, _other.State);
        Assert.Equal(MachineState.Running, _slot.State);
        Assert.Equal(PowerRequest.None, _power.TakeAsked());
    }

    [Theory]
    [InlineData(MachineEvents.PoweredOff)]
    [InlineData(MachineEvents.ResetAsked)]
    [InlineData(MachineEvents.Crashed)]
    public void AfterAStop_TheVmStaysStopped_HoweverItEnds(MachineEvents answer)
    {
        Ask(MachineEvents.Stop);
        Assert.True(FakeMachines.TakePowerButton(_slot));
        End(answer);
        ExpectStopped();
        Assert.Equal(answer == MachineEvents.Crashed ? 1UL : 0, _slot.Crashes);
        Ask(MachineEvents.Start);
        End(MachineEvents.ResetAsked);
        Assert.Equal(MachineState.Running, _slot.State);
    }

    [Theory]
    [InlineData(MachineEvents.Stop, MachineEvents.ResetAsked)]
    [InlineData(MachineEvents.Stop, MachineEvents.Crashed)]
    [InlineData(MachineEvents.Stop, MachineEvents.Restart)]
    [InlineData(MachineEvents.ForceStop, MachineEvents.ResetAsked)]
    [InlineData(MachineEvents.ForceStop, MachineEvents.Crashed)]
    public void AStopOfOneThatEnds_IsNotLost(MachineEvents wish, MachineEvents ending)
    {
        // Before the supervisor has seen that it ends, and after.
        _slot.End(ending);
        Ask(wish);
        ExpectStopped();

        _machines.AreSlowToLeave = true;
        Ask(MachineEvents.Start);
        End(ending);
        Assert.Equal(MachineState.Dying, _slot.State);
        Ask(wish);
        Assert.Equal(MachineState.Dying, _slot.State);
        FakeMachines.Leave(_slot);
        _supervisor.StepAll();
        ExpectStopped();
    }

    [Theory]
    [InlineData(MachineEvents.Start)]
    [InlineData(MachineEvents.Restart)]
    public void AStartOfOneThatEnds_IsNotLost(MachineEvents wish)
    {
        _machines.AreSlowToLeave = true;
        Ask(MachineEvents.Restart);
        Ask(MachineEvents.ForceStop);
        Ask(wish);
        Assert.Equal(MachineState.Dying, _slot.State);
        FakeMachines.Leave(_slot);
        _supervisor.StepAll();
        Assert.Equal(MachineState.Running, _slot.State);
    }

    [Theory]
    [InlineData(MachineEvents.PoweredOff)]
    [InlineData(MachineEvents.Crashed)]
    public void AStartOfOneThatIsToStop_IsRemembered(MachineEvents ending)
    {
        Ask(MachineEvents.Stop);
        Assert.True(_slot.IsStopping);
        Ask(MachineEvents.Start);
        Assert.Equal(1UL, _slot.Starts);
        End(ending);
        Assert.Equal(MachineState.Running, _slot.State);
        Assert.Equal(2UL, _slot.Starts);
        Assert.False(_slot.IsStopping);
        Pass(2 * Supervisor.PowerButtonPatience);
        Assert.Equal(2UL, _slot.Starts);
    }

    [Fact]
    public void AStartOfOneThatDoesNotAnswerItsButton_FollowsTheForce()
    {
        Ask(MachineEvents.Stop);
        Ask(MachineEvents.Start);
        Pass(Supervisor.PowerButtonPatience);
        Assert.Equal(MachineState.Running, _slot.State);
        Assert.Equal(2UL, _slot.Starts);
    }

    [Fact]
    public void TheConfigurationsVms_StartInItsOrder_EachAfterItsDelay()
    {
        MachineSlot[] slots =
        [
            SlotOf("now", 0), SlotOf("two", 2), SlotOf("by-hand", 0, autoStart: false), SlotOf("with-two", 0),
            SlotOf("three", 3),
        ];
        _supervisor.Take(slots, AllStoppedAction.PowerOff);
        _supervisor.StartByThemselves();
        Pass(0);
        ExpectRunning(slots, 0);
        Assert.True(slots[4].IsRestarting);
        Pass((2 * Second) - (Second / 2));
        ExpectRunning(slots, 0);
        Pass(Second / 2);
        ExpectRunning(slots, 0, 1, 3);
        Pass(3 * Second);
        ExpectRunning(slots, 0, 1, 3, 4);
    }

    [Fact]
    public void AVmThatWaitsForItsStart_KeepsTheHostOn_AndCanBeStopped()
    {
        MachineSlot[] slots = [SlotOf("now", 0), SlotOf("later", 100)];
        _supervisor.Take(slots, AllStoppedAction.PowerOff);
        _supervisor.StartByThemselves();
        Pass(0);
        slots[0].End(MachineEvents.PoweredOff);
        _supervisor.StepAll();
        Assert.Equal(PowerRequest.None, _power.TakeAsked());
        slots[1].Post(MachineEvents.Stop);
        _supervisor.StepAll();
        Assert.Equal(PowerRequest.PowerOff, _power.TakeAsked());
        Pass(200 * Second);
        Assert.Equal(0UL, slots[1].Starts);
    }

    [Fact]
    public void WhatHappens_IsWrittenDown()
    {
        Pass(Second);
        End(MachineEvents.Crashed);
        Ask(MachineEvents.Stop);
        string[] expected = ["started ", "crashed no reason", "waits before it starts again", "stopped it crashed"];
        MachineEvent[] found = Written();
        Assert.Equal(expected, found.Select(static entry => $"{entry.What} {entry.Detail}"));
        Assert.All(found, static entry => Assert.Equal("web", entry.Machine));
        Assert.Equal([0, Second, Second, Second], found.Select(static entry => entry.Moment / Second * Second));
        Assert.False(_supervisor.History.TryRead(found.Length, out _));
        for (int i = 0; i < MachineHistory.Capacity; i++)
        {
            _supervisor.History.Add("web", "more");
        }

        Assert.False(_supervisor.History.TryRead(found.Length - 1, out _));
        Assert.True(_supervisor.History.TryRead(found.Length, out _));
    }

    private MachineEvent[] Written()
    {
        var entries = new MachineEvent[_supervisor.History.Next];
        for (int index = 0; index < entries.Length; index++)
        {
            Assert.True(_supervisor.History.TryRead(index, out entries[index]));
        }

        return entries;
    }

    [Theory]
    [InlineData(MachineEvents.Stop, MachineEvents.Restart, 2UL)]
    [InlineData(MachineEvents.Restart, MachineEvents.Stop, 1UL)]
    public void OfTwoWishesAtOnce_TheLastCounts(MachineEvents first, MachineEvents second, ulong starts)
    {
        _slot.Post(first);
        Ask(second);
        Assert.Equal(starts, _slot.Starts);
        Assert.Equal(second == MachineEvents.Stop, FakeMachines.TakePowerButton(_slot));
    }

    [Fact]
    public void APowerButtonWithoutAnAnswer_IsFollowedByForce_AndAskingAgainIsNoDelay()
    {
        Ask(MachineEvents.Stop);
        Pass(6 * Second);
        Ask(MachineEvents.Stop);
        Pass(3 * Second);
        Assert.Equal(MachineState.Running, _slot.State);
        Pass(2 * Second);
        ExpectStopped();
        Assert.Equal(MachineEvents.ForceStop, _slot.Ending);
        Ask(MachineEvents.Destroy);
        Assert.Equal(
            ["started", "the guest did not answer its power button; stopped by force", "stopped", "destroyed"],
            Written().Select(static entry => entry.What));
    }

    [Fact]
    public void AVmThatCannotBeBuilt_IsStopped()
    {
        _machines.AreRefused = true;
        End(MachineEvents.Crashed);
        Pass(2 * Second);
        ExpectStopped();
        Assert.Equal(1UL, _slot.Starts);
    }

    [Theory]
    [InlineData(MachineEvents.ResetAsked)]
    [InlineData(MachineEvents.Crashed)]
    public void WhatWasTypedForAVmThatEnded_IsNotReadByTheNext(MachineEvents ending)
    {
        Type("to the dead");
        End(ending);
        Type("to one that is to come");
        Ask(MachineEvents.Restart);
        Assert.InRange(_slot.Starts, 2UL, 3UL);
        Assert.False(_terminal.TryRead(out _));
        Type("x");
        Assert.True(_terminal.TryRead(out byte value));
        Assert.Equal((byte)'x', value);
    }

    [Theory]
    [InlineData(MachineEvents.ResetAsked)]
    [InlineData(MachineEvents.Crashed)]
    public void AVmThatIsStartedAgain_IsNeverSeenAtRest(MachineEvents ending)
    {
        // The console is woken by each line of the log, and may look before the supervisor goes on.
        var look = new LookingPort(_slot);
        Log.Reader = new TestTask { Scheduler = look };
        End(ending);
        Pass(2 * Second);
        Assert.Equal(2UL, _slot.Starts);
        Assert.True(look.Looks > 0);
        Assert.False(look.HasSeenRest);
        Ask(MachineEvents.ForceStop);
        Assert.True(look.HasSeenRest);
    }

    private MachineSlot SlotOf(string name, int delay, bool autoStart = true)
    {
        var config = new VmConfig { Name = name, AutoStart = autoStart, StartDelay = delay };
        return new MachineSlot(config, _supervisor, new GuestConsole());
    }

    private static void ExpectRunning(MachineSlot[] slots, params int[] running)
    {
        for (int i = 0; i < slots.Length; i++)
        {
            Assert.Equal(Array.IndexOf(running, i) >= 0, slots[i].State == MachineState.Running);
        }
    }

    private void Ask(MachineEvents wish)
    {
        _slot.Post(wish);
        _supervisor.StepAll();
        _supervisor.StepAll();
    }

    private void End(MachineEvents why)
    {
        Assert.Equal(MachineState.Running, _slot.State);
        _slot.End(why);
        _supervisor.StepAll();
    }

    private void Pass(ulong time)
    {
        _hardware.Timestamp += time;
        _processor.Deadlines.OnInterrupt();
        _supervisor.StepAll();
        _supervisor.StepAll();
    }

    private void Type(string text)
    {
        foreach (char each in text)
        {
            Assert.True(_terminal.TryType((byte)each));
        }
    }

    /// <summary>The VM is started again after so many seconds, and not before.</summary>
    private void ExpectPause(ulong seconds)
    {
        Assert.True(_slot.IsRestarting);
        ulong starts = _slot.Starts;
        Pass((seconds * Second) - (Second / 2));
        Assert.Equal(starts, _slot.Starts);
        Assert.True(_slot.IsRestarting);
        Pass(Second / 2);
        Assert.Equal(starts + 1, _slot.Starts);
        Assert.Equal(MachineState.Running, _slot.State);
    }

    /// <summary>It is stopped, the only VM that ran, and stays so.</summary>
    private void ExpectStopped()
    {
        Assert.Equal(MachineState.Stopped, _slot.State);
        Assert.False(_slot.IsRestarting);
        Assert.Equal(PowerRequest.PowerOff, _power.TakeAsked());
        ulong starts = _slot.Starts;
        Pass(200 * Second);
        Assert.Equal(starts, _slot.Starts);
        Assert.Equal(MachineState.Stopped, _slot.State);
    }

    /// <summary>Is woken and does nothing.</summary>
    private sealed class TestTask : Schedulable
    {
        public override SliceOutcome RunSlice() => SliceOutcome.Wait;
    }

    /// <summary>Looks at a slot whenever something is woken.</summary>
    private sealed class LookingPort(MachineSlot slot) : SchedulerPort
    {
        public int Looks { get; private set; }

        public bool HasSeenRest { get; private set; }

        public override void Ready(Schedulable task)
        {
            Looks++;
            HasSeenRest |= slot.IsAtRest;
        }
    }
}

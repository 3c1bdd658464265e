// SPDX-License-Identifier: MIT
using System;
using Hypervisor.Console;
using Hypervisor.Machine;
using Hypervisor.Machine.Config;
using Hypervisor.Memory;
using Hypervisor.Platform;
using Hypervisor.Platform.Acpi;
using Hypervisor.Runtime;
using Hypervisor.Unit.Memory;
using Hypervisor.Unit.Platform.Acpi;
using Hypervisor.Unit.Virtualization;
using Hypervisor.Virtualization;
using Hypervisor.X64;
using Xunit;

namespace Hypervisor.Unit.Machine;

/// <summary>
/// A VM that is paused, created or looked at from outside, with the test as the scheduler of its vCPUs.
/// </summary>
[Collection("log")]
public sealed class MachinePauseTests : IDisposable
{
    private const ulong Second = 1_000_000_000;

    private readonly FakeProcessor _hardware = FakeProcessor.Reset();
    private readonly FakeMachines _machines = new() { AreSlowToLeave = true };
    private readonly Supervisor _supervisor;
    private readonly MachineSlot _slot;

    public MachinePauseTests()
    {
        var clock = new HostClock(Second);
        var processor = new Processor(0, 0, new DeadlineQueue(clock, new DeadlineTimer(clock), 4));
        CurrentProcessor.Owner = processor;
        var tables = new AcpiTables(new TestFirmware(), default);
        var power = new PowerControl(tables, new FixedDescription(tables), new TestMachine().Space);
        _supervisor = new Supervisor(default, clock, _machines, power, new VirtualCpuStandIn());
        _slot = new MachineSlot(new VmConfig { Name = "web" }, _supervisor, new GuestConsole());
        _machines.Clock = clock;
        _supervisor.Take([_slot], AllStoppedAction.Monitor);
    }

    private VirtualMachine Vm => _slot.Machine!;

    private FakeCpu Cpu => (FakeCpu)Vm.Cpus[0];

    public void Dispose() => CurrentProcessor.Owner = null;

    [Fact]
    public void APausedVm_StandsStillWithItsTime_AndGoesOnWhereItWas()
    {
        Ask(MachineEvents.Start);
        Assert.Equal(SliceOutcome.Wait, Vm.Serve(0));
        int entries = Cpu.Entries;
        ulong offset = Cpu.Offset;
        Ask(MachineEvents.Pause);
        Assert.False(_slot.IsPaused);
        Assert.Equal(SliceOutcome.Wait, Vm.Serve(0));
        _supervisor.StepAll();
        Assert.True(_slot.IsPaused);

        // What is due or typed meanwhile waits, and stands for later.
        ulong before = _machines.Time!.Nanoseconds;
        _hardware.Timestamp += 1000 * Second;
        Cpu.Request(CpuRequests.TimerDue);
        _slot.PostWork(MachineWork.ConsoleInput);
        Assert.Equal(SliceOutcome.Wait, Vm.Serve(0));
        Assert.Equal(entries, Cpu.Entries);
        Assert.Equal(before, _machines.Time.Nanoseconds);
        Assert.Equal(CpuRequests.TimerDue | CpuRequests.MachineWork | CpuRequests.Pause, Cpu.Requests);

        _ = Cpu.TakeRequest(CpuRequests.MachineWork);
        Ask(MachineEvents.Resume);
        Assert.False(_slot.IsPaused);
        Cpu.Activity = CpuActivity.Active;
        Assert.Equal(SliceOutcome.Wait, Vm.Serve(0));
        Assert.Equal(entries + 1, Cpu.Entries);
        Assert.InRange(offset - Cpu.Offset, 1000 * Second, (1000 * Second) + 100);
        Assert.Equal(_machines.Time.TimestampOffset, Cpu.Offset);
        Assert.InRange(_machines.Time.Nanoseconds - before, 0UL, 100UL);
    }

    [Fact]
    public void APauseBehindAResume_WaitsUntilTheVmIsAwake()
    {
        Pause();
        Ask(MachineEvents.Resume);
        Ask(MachineEvents.Pause);
        Assert.False(Cpu.Requests.HasFlag(CpuRequests.Pause));
        Assert.Equal(SliceOutcome.Wait, Vm.Serve(0));
        _supervisor.StepAll();
        Assert.True(Cpu.Requests.HasFlag(CpuRequests.Pause));
        _ = Vm.Serve(0);
        _supervisor.StepAll();
        Assert.True(_slot.IsPaused);
    }

    [Fact]
    public void AResumeBeforeThePauseIsThere_IsNotLost()
    {
        Ask(MachineEvents.Start);
        Ask(MachineEvents.Pause);
        Ask(MachineEvents.Resume);
        _ = Vm.Serve(0);
        _supervisor.StepAll();
        Assert.False(_slot.IsPaused);
        Assert.False(_machines.Time!.IsFrozen);
        _ = Vm.Serve(0);
        Assert.Equal(1, Cpu.Entries);
    }

    [Fact]
    public void AStop_EndsAPause()
    {
        Pause();
        Ask(MachineEvents.Stop);
        Assert.False(_slot.IsPaused);
        Assert.True(_slot.IsStopping);
        Assert.True(FakeMachines.TakePowerButton(_slot));
    }

    [Fact]
    public void APausedVm_CanBeDestroyed_AndNothingOfItIsLeft()
    {
        Pause();
        _slot.Console.Write((byte)'x');
        Ask(MachineEvents.Destroy);
        Assert.Equal(SliceOutcome.Finished, Vm.Serve(0));
        FakeMachines.Leave(_slot);
        _supervisor.StepAll();
        Assert.True(_slot.IsAtRest);
        Assert.Null(_slot.Machine);
        Assert.Equal(0UL, _slot.Starts);
        Assert.Equal(MachineEvents.None, _slot.Ending);
        var terminal = (GuestConsole)_slot.Console;
        Assert.Equal(0, terminal.Peek(new byte[8], out long lost));
        Assert.Equal(0, lost);
    }

    [Fact]
    public void Destroy_ForgetsACrash_AlsoOfOneThatIsStopped()
    {
        Ask(MachineEvents.Start);
        _slot.Fault(Hypervisor.Runtime.FaultKind.DivideByZero, 0);
        FakeMachines.Leave(_slot);
        _supervisor.StepAll();
        Assert.Equal(MachineEvents.Crashed, _slot.Ending);
        Ask(MachineEvents.Destroy);
        Assert.Equal(Hypervisor.Runtime.FaultKind.None, _slot.Report.Kind);
        Assert.Equal(MachineEvents.None, _slot.Ending);
        Assert.Equal(0UL, _slot.Crashes);
    }

    [Fact]
    public void ACreatedVm_HasNotBegun_UntilItIsStarted()
    {
        Ask(MachineEvents.Create);
        Assert.Equal(SliceOutcome.Wait, Vm.Serve(0));
        _supervisor.StepAll();
        Assert.True(_slot.IsPaused);
        Assert.True(_slot.IsNew);
        Assert.Equal(0, Cpu.Entries);
        _hardware.Timestamp += 1000 * Second;
        Ask(MachineEvents.Start);
        Assert.False(_slot.IsNew);
        _ = Vm.Serve(0);
        Assert.Equal(1, Cpu.Entries);
        Assert.InRange(_machines.Time!.Nanoseconds, 0UL, 1000UL);
        Assert.Equal(1UL, _slot.Starts);
    }

    [Fact]
    public void ACreatedVm_IsStoppedWithoutItsButton()
    {
        Ask(MachineEvents.Create);
        _ = Vm.Serve(0);
        _supervisor.StepAll();
        Ask(MachineEvents.Stop);
        Assert.Equal(MachineState.Dying, _slot.State);
    }

    [Fact]
    public void WhoeverHoldsAVm_KeepsItFromTheReaper_AndNobodyElseFindsItThen()
    {
        Ask(MachineEvents.Start);
        Assert.True(_slot.TryHold(out VirtualMachine? held));
        Ask(MachineEvents.ForceStop);
        FakeMachines.Leave(_slot);
        _supervisor.StepAll();
        Assert.Same(held, _slot.Machine);
        Processor here = Processor.Current;
        CurrentProcessor.Owner = new Processor(1, 1, here.Deadlines);
        Assert.False(_slot.TryHold(out _));
        CurrentProcessor.Owner = here;
        _slot.LetGo();
        _hardware.Timestamp += Second;
        Processor.Current.Deadlines.OnInterrupt();
        _supervisor.StepAll();
        Assert.Null(_slot.Machine);
        Assert.True(_slot.IsAtRest);
    }

    [Fact]
    public void ALookThatAFaultHasEnded_IsOverAtTheNextOne_AndDoesNotKeepTheVm()
    {
        Ask(MachineEvents.Start);
        Assert.True(_slot.TryHold(out _));
        Assert.Same(_slot, Processor.Current.Held);
        Assert.True(_slot.TryHold(out _));
        _slot.LetGo();
        Assert.Null(Processor.Current.Held);
        Ask(MachineEvents.ForceStop);
        FakeMachines.Leave(_slot);
        _supervisor.StepAll();
        Assert.True(_slot.IsAtRest);
    }

    [Fact]
    public void AnInterruptHandlerThatFaultsInTheServiceOfAVm_EndsThatVm_WithAReport()
    {
        Ask(MachineEvents.Start);
        var handler = new FaultyHandler(_slot);
        Assert.True(InterruptVectors.TryAllocate(handler, out byte vector));
        _ = InterruptVectors.Serve(vector);
        InterruptVectors.Free(vector);
        Assert.Equal(1UL, handler.Faults);
        Assert.Null(Processor.Current.Held);
        FakeMachines.Leave(_slot);
        _supervisor.StepAll();
        Assert.Equal(1UL, _slot.Crashes);
        Assert.Equal(FaultKind.NotSupported, _slot.Report.Kind);
        Assert.Null(_slot.Machine);
    }

    private void Pause()
    {
        Ask(MachineEvents.Start);
        Ask(MachineEvents.Pause);
        _ = Vm.Serve(0);
        _supervisor.StepAll();
        Assert.True(_slot.IsPaused);
    }

    private void Ask(MachineEvents wish)
    {
        _slot.Post(wish);
        _supervisor.StepAll();
        _supervisor.StepAll();
    }

    /// <summary>Faults while it looks at a VM.</summary>
    private sealed class FaultyHandler : InterruptHandler
    {
        private readonly MachineSlot _slot;

        public FaultyHandler(MachineSlot slot)
        {
            _slot = slot;
        }

        public override void Invoke()
        {
            Assert.True(_slot.TryHold(out _));
            throw new NotSupportedException();
        }
    }

    /// <summary>Is woken and does nothing.</summary>
    private sealed class VirtualCpuStandIn : Schedulable
    {
        public override SliceOutcome RunSlice() => SliceOutcome.Wait;
    }
}

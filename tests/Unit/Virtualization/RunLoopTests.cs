// SPDX-License-Identifier: MIT
using Hypervisor.Platform;
using Hypervisor.Virtualization;
using Hypervisor.X64;
using Xunit;

namespace Hypervisor.Unit.Virtualization;

/// <summary>The loop: requests, injection with its corner cases, and what handlers ask for.</summary>
[Collection("log")]
public sealed class RunLoopTests
{
    private const ulong InterruptFlag = 0x200;
    private const ulong TrapFlag = 0x100;

    private readonly TestVm _vm = new();

    private FakeCpu Cpu => _vm.Cpu;

    [Fact]
    public void Die_EndsTheSliceBeforeAnyEntry()
    {
        Cpu.Request(CpuRequests.Die);
        Assert.Equal(SliceOutcome.Finished, RunLoop.RunSlice(Cpu));
        Assert.Equal(0, Cpu.Entries);
    }

    [Theory]
    [InlineData(CpuRequests.TimerDue, SliceOutcome.Preempted)]
    [InlineData(CpuRequests.MachineWork, SliceOutcome.Preempted)]
    [InlineData(CpuRequests.Pause, SliceOutcome.Wait)]
    public void TheCallersRequests_EndTheSliceAndStand(CpuRequests request, SliceOutcome expected)
    {
        Cpu.Request(request);
        Assert.Equal(expected, RunLoop.RunSlice(Cpu));
        Assert.Equal(request, Cpu.Requests);
        Assert.Equal(0, Cpu.Entries);
    }

    [Fact]
    public void Halt_WaitsAndAnInterruptWakes()
    {
        SetExits(ExitKind.Halt, 1);
        Assert.Equal(SliceOutcome.Wait, RunLoop.RunSlice(Cpu));
        Assert.Equal(CpuActivity.Halted, Cpu.Activity);
        Assert.Equal(TestVm.CodeAddress + 1, Cpu.Registers.Rip);

        Cpu.Registers.Rflags |= InterruptFlag;
        _vm.Interrupts.Pending.Enqueue(0x31);
        Cpu.Request(CpuRequests.Interrupt);
        VirtualEvent seen = default;
        Cpu.Guest = cpu =>
        {
            seen = cpu.Injected;
            Die(cpu);
        };
        Assert.Equal(SliceOutcome.Finished, RunLoop.RunSlice(Cpu));
        Assert.Equal(EventKind.Interrupt, seen.Kind);
        Assert.Equal(0x31, seen.Vector);
        Assert.Equal(CpuActivity.Active, Cpu.Activity);
    }

    [Fact]
    public void Halt_WithInterruptsOff_IsNotWokenByAnInterrupt()
    {
        SetExits(ExitKind.Halt, 1);
        _vm.Interrupts.Pending.Enqueue(0x31);
        Assert.Equal(SliceOutcome.Wait, RunLoop.RunSlice(Cpu));
        Cpu.Request(CpuRequests.Interrupt);
        Assert.Equal(SliceOutcome.Wait, RunLoop.RunSlice(Cpu));
        Assert.Equal(1, Cpu.Entries);
    }

    [Fact]
    public void AnInterrupt_WithInterruptsOff_OpensAWindow()
    {
        _vm.Interrupts.Pending.Enqueue(0x31);
        Cpu.Request(CpuRequests.Interrupt);
        Cpu.Guest = cpu =>
        {
            Assert.True(cpu.InterruptWindow);
            Assert.False(cpu.IsInjecting);
            cpu.Registers.Rflags |= InterruptFlag;
            cpu.Exit.Kind = ExitKind.InterruptWindow;
            cpu.Guest = other =>
            {
                Assert.Equal(0x31, other.Injected.Vector);
                Assert.False(other.InterruptWindow);
                Die(other);
            };
        };
        Assert.Equal(SliceOutcome.Finished, RunLoop.RunSlice(Cpu));
    }

    [Fact]
    public void TheInterruptShadow_HoldsAnInterruptOff()
    {
        Cpu.Registers.Rflags |= InterruptFlag;
        Cpu.InterruptShadow = true;
        _vm.Interrupts.Pending.Enqueue(0x31);
        Cpu.Request(CpuRequests.Interrupt);
        Cpu.Guest = cpu =>
        {
            Assert.False(cpu.IsInjecting);
            Assert.True(cpu.InterruptWindow);
            Die(cpu);
        };
        _ = RunLoop.RunSlice(Cpu);
        Assert.Equal(1, Cpu.Entries);
    }

    [Fact]
    public void AnNmi_GoesBeforeAnInterruptAndBlocksTheNext()
    {
        Cpu.Registers.Rflags |= InterruptFlag;
        _vm.Interrupts.Pending.Enqueue(0x31);
        Cpu.Request(CpuRequests.Nmi | CpuRequests.Interrupt);
        Cpu.Guest = cpu =>
        {
            Assert.Equal(EventKind.Nmi, cpu.Injected.Kind);
            Assert.True(cpu.NmiBlocked);
            Assert.True(cpu.InterruptWindow);
            cpu.Request(CpuRequests.Nmi);
            cpu.Exit.Kind = ExitKind.HostInterrupt;
            cpu.Guest = other =>
            {
                Assert.True(other.NmiWindow);
                Assert.NotEqual(EventKind.Nmi, other.Injected.Kind);
                Die(other);
            };
        };
        _ = RunLoop.RunSlice(Cpu);
        Assert.Equal(2, Cpu.Entries);
    }

    [Fact]
    public void AnInterruptedDelivery_IsInjectedAgain()
    {
        Cpu.Guest = cpu =>
        {
            cpu.Exit.Kind = ExitKind.HostInterrupt;
            cpu.Interrupted = VirtualEvent.Interrupt(0x55);
            cpu.HasEvents = true;
            cpu.Guest = other =>
            {
                Assert.Equal(0x55, other.Injected.Vector);
                Die(other);
            };
        };
        _ = RunLoop.RunSlice(Cpu);
        Assert.Equal(2, Cpu.Entries);
        Assert.Equal(EventKind.None, Cpu.Interrupted.Kind);
    }

    [Theory]
    [InlineData(ExceptionVector.GeneralProtection, ExceptionVector.SegmentNotPresent, ExceptionVector.DoubleFault)]
    [InlineData(ExceptionVector.PageFault, ExceptionVector.PageFault, ExceptionVector.DoubleFault)]
    [InlineData(ExceptionVector.PageFault, ExceptionVector.GeneralProtection, ExceptionVector.DoubleFault)]
    [InlineData(ExceptionVector.GeneralProtection, ExceptionVector.PageFault, ExceptionVector.PageFault)]
    [InlineData(ExceptionVector.Debug, ExceptionVector.GeneralProtection, ExceptionVector.GeneralProtection)]
    [InlineData(ExceptionVector.InvalidOpcode, ExceptionVector.PageFault, ExceptionVector.PageFault)]
    public void ASecondException_MergesWithTheFirst(byte first, byte second, byte expected)
    {
        Cpu.Interrupted = VirtualEvent.Exception(first);
        _ = Cpu.Raise(second);
        Assert.True(EventDelivery.TryRaise(Cpu));
        Assert.Equal(expected, Cpu.Injected.Vector);
    }

    [Fact]
    public void AnInterruptThatMetAnException_WaitsForInterruptsToBeOn()
    {
        Cpu.Interrupted = VirtualEvent.Interrupt(0x55);
        _ = Cpu.Raise(ExceptionVector.GeneralProtection);
        Assert.True(EventDelivery.TryRaise(Cpu));
        Assert.Equal(ExceptionVector.GeneralProtection, Cpu.Injected.Vector);
        Assert.Equal(EventKind.None, Cpu.Interrupted.Kind);

        // The exception's handler runs.
        Cpu.Injected = default;
        EventDelivery.Prepare(Cpu);
        Assert.False(Cpu.IsInjecting);
        Assert.True(Cpu.InterruptWindow);

        _vm.Interrupts.Pending.Enqueue(0x71);
        Cpu.Registers.Rflags |= InterruptFlag;
        EventDelivery.Prepare(Cpu);
        Assert.Equal(0x55, Cpu.Injected.Vector);
        Assert.True(Cpu.InterruptWindow);

        Cpu.Injected = default;
        EventDelivery.Prepare(Cpu);
        Assert.Equal(0x71, Cpu.Injected.Vector);
    }

    [Fact]
    public void AnNmiThatMetAnException_WaitsForTheReturn()
    {
        Cpu.Interrupted = VirtualEvent.Nmi;
        Cpu.NmiBlocked = true;
        _ = Cpu.Raise(ExceptionVector.GeneralProtection);
        Assert.True(EventDelivery.TryRaise(Cpu));
        Assert.Equal(EventKind.Exception, Cpu.Injected.Kind);

        Cpu.Injected = default;
        EventDelivery.Prepare(Cpu);
        Assert.True(Cpu.NmiWindow);
        Cpu.NmiBlocked = false;
        EventDelivery.Prepare(Cpu);
        Assert.Equal(EventKind.Nmi, Cpu.Injected.Kind);
    }

    [Fact]
    public void AReset_ForgetsAPostponedInterrupt()
    {
        Cpu.Postponed = VirtualEvent.Interrupt(0x55);
        Cpu.Reset();
        Cpu.Registers.Rflags |= InterruptFlag;
        EventDelivery.Prepare(Cpu);
        Assert.False(Cpu.IsInjecting);
    }

    [Fact]
    public void AFaultInADoubleFault_IsATripleFault()
    {
        Cpu.Interrupted = VirtualEvent.Exception(ExceptionVector.DoubleFault);
        _ = Cpu.Raise(ExceptionVector.GeneralProtection);
        Assert.True(EventDelivery.TryRaise(Cpu));
        Assert.Equal(["triple fault"], _vm.Ports.Log);
        Assert.False(Cpu.IsInjecting);
    }

    [Fact]
    public void ARefusedMsr_RaisesGeneralProtectionAndRipStays_AndTheLogNamesTheVm()
    {
        long before = Log.Next;
        Cpu.MachineName = "web";
        Cpu.Registers.Rcx = 0x1234;
        Cpu.Registers.Rip = TestVm.CodeAddress;
        Cpu.Guest = cpu =>
        {
            cpu.Exit.Kind = ExitKind.MsrAccess;
            cpu.Exit.IsWrite = false;
            cpu.Guest = other =>
            {
                Assert.Equal(ExceptionVector.GeneralProtection, other.Injected.Vector);
                Assert.True(other.Injected.HasErrorCode);
                Die(other);
            };
        };
        _ = RunLoop.RunSlice(Cpu);
        Assert.Equal(TestVm.CodeAddress, Cpu.Registers.Rip);
        Assert.True(Log.TryRead(before, out LogLine line));
        System.ReadOnlySpan<byte> text = line.Text;
        Assert.Equal("web: vCPU 0: no MSR 1234, asked for at RIP 100000"u8, text[..line.Length]);
    }

    [Fact]
    public void AnEmulatedInstruction_UnderTheTrapFlag_RaisesTheStep()
    {
        Cpu.Registers.Rflags = TrapFlag | 2;
        SetExits(ExitKind.CacheControl, 2);
        _vm.SetCode(0x0F, 0x09);
        Cpu.Guest = cpu =>
        {
            cpu.Exit.Kind = ExitKind.CacheControl;
            cpu.Exit.NextRip = TestVm.CodeAddress + 2;
            cpu.Guest = other =>
            {
                Assert.Equal(ExceptionVector.Debug, other.Injected.Vector);
                Die(other);
            };
        };
        _ = RunLoop.RunSlice(Cpu);
        Assert.True(new Dr6(Cpu.ReadState(StateRegister.Dr6)).SingleStep);
    }

    [Theory]
    [InlineData(ExitKind.Cpuid, new byte[] { 0x0F, 0xA2 }, 2)]
    [InlineData(ExitKind.Cpuid, new byte[] { 0xF3, 0x48, 0x0F, 0xA2 }, 4)]
    [InlineData(ExitKind.Hypercall, new byte[] { 0x0F, 0x01, 0xD9 }, 3)]
    [InlineData(ExitKind.Pause, new byte[] { 0xF3, 0x90 }, 2)]
    public void WithoutALengthFromTheProcessor_TheBytesGiveIt(ExitKind kind, byte[] code, int length)
    {
        _vm.SetCode(code);
        Cpu.Guest = cpu =>
        {
            cpu.Exit.Kind = kind;
            cpu.Exit.NextRip = 0;
            cpu.Guest = Die;
        };
        _ = RunLoop.RunSlice(Cpu);
        Assert.Equal(TestVm.CodeAddress + (ulong)length, Cpu.Registers.Rip);
    }

    [Fact]
    public void APauseLoop_GivesTheProcessorAway()
    {
        var task = new Machine.Scheduling.TestWork();
        Cpu.Task = task;
        SetExits(ExitKind.Pause, 2);
        Assert.Equal(SliceOutcome.Preempted, RunLoop.RunSlice(Cpu));
        Assert.True(task.HasYielded);
        Assert.Equal(1, Cpu.Entries);
    }

    [Fact]
    public void AFetchThatFaults_RaisesThePageFaultInstead()
    {
        const ulong NotMapped = 0x80_0000_0000;
        Cpu.Registers.Rip = NotMapped;
        Cpu.Guest = cpu =>
        {
            cpu.Exit.Kind = ExitKind.Cpuid;
            cpu.Exit.NextRip = 0;
            cpu.Guest = other =>
            {
                Assert.Equal(ExceptionVector.PageFault, other.Injected.Vector);
                Die(other);
            };
        };
        _ = RunLoop.RunSlice(Cpu);
        Assert.Equal(NotMapped, Cpu.ReadState(StateRegister.Cr2));
        Assert.Equal(NotMapped, Cpu.Registers.Rip);
    }

    [Fact]
    public void InitAndSipi_StartAnotherProcessor()
    {
        FakeCpu other = SecondCpu();
        other.RequestInit();
        Assert.Equal(SliceOutcome.Wait, RunLoop.RunSlice(other));
        Assert.Equal(CpuActivity.WaitForSipi, other.Activity);
        other.StartupVector = 0x9A;
        other.Request(CpuRequests.Sipi);
        other.Guest = Die;
        _ = RunLoop.RunSlice(other);
        Assert.Equal(0x9A000UL, other.ReadSegment(SegmentRegister.Cs).Base);
        Assert.Equal(0UL, other.Registers.Rip);
    }

    [Fact]
    public void Init_TakesBackWhatWasAskedBefore()
    {
        FakeCpu other = SecondCpu();
        other.Request(CpuRequests.Sipi | CpuRequests.Nmi);
        other.RequestInit();
        Assert.Equal(CpuRequests.Init, other.Requests);
        Assert.Equal(SliceOutcome.Wait, RunLoop.RunSlice(other));
        Assert.Equal(CpuActivity.WaitForSipi, other.Activity);

        // The second INIT comes while the first one still stands, and its SIPI after it.
        other.RequestInit();
        other.Request(CpuRequests.Sipi);
        other.RequestInit();
        Assert.Equal(SliceOutcome.Wait, RunLoop.RunSlice(other));
        other.RequestInit();
        other.Request(CpuRequests.Sipi);
        other.Guest = Die;
        Assert.Equal(SliceOutcome.Finished, RunLoop.RunSlice(other));
        Assert.Equal(1, other.Entries);
    }

    [Fact]
    public void AnNmiBeforeTheStart_IsKeptUntilIt()
    {
        FakeCpu other = SecondCpu();
        other.RequestInit();
        other.Request(CpuRequests.Nmi);
        Assert.Equal(SliceOutcome.Wait, RunLoop.RunSlice(other));
        Assert.False(other.IsInjecting);
        Assert.False(other.NmiBlocked);
        other.Request(CpuRequests.Sipi);
        other.Guest = cpu =>
        {
            Assert.Equal(EventKind.Nmi, cpu.Injected.Kind);
            Die(cpu);
        };
        Assert.Equal(SliceOutcome.Finished, RunLoop.RunSlice(other));
        Assert.Equal(1, other.Entries);
    }

    [Fact]
    public void AnNmiBeforeTheStart_IsForgottenAtTheNextInit()
    {
        FakeCpu other = SecondCpu();
        other.RequestInit();
        other.Request(CpuRequests.Nmi);
        Assert.Equal(SliceOutcome.Wait, RunLoop.RunSlice(other));
        other.RequestInit();
        other.Request(CpuRequests.Sipi);
        other.Guest = cpu =>
        {
            Assert.False(cpu.IsInjecting);
            Die(cpu);
        };
        Assert.Equal(SliceOutcome.Finished, RunLoop.RunSlice(other));
    }

    [Fact]
    public void ARequestDuringTheSlice_IsSeenBeforeTheNextEntry()
    {
        Cpu.Guest = cpu =>
        {
            cpu.Request(CpuRequests.FlushTlb);
            cpu.Exit.Kind = ExitKind.HostInterrupt;
            cpu.Guest = Die;
        };
        _ = RunLoop.RunSlice(Cpu);
        Assert.Equal(1, Cpu.Flushes);
        Assert.Equal(2, Cpu.Entries);
    }

    [Fact]
    public void Exits_AreCounted()
    {
        SetExits(ExitKind.Halt, 1);
        _ = RunLoop.RunSlice(Cpu);
        Assert.Equal(1UL, Cpu.Statistics[ExitKind.Halt]);
        Assert.Equal(1UL, Cpu.Statistics.Total);
    }

    private FakeCpu SecondCpu() => new(1)
    {
        Ports = _vm.Ports,
        Interrupts = _vm.Interrupts,
        Memory = Cpu.Memory,
        Processor = Cpu.Processor,
    };

    private static void Die(FakeCpu cpu)
    {
        cpu.Exit.Kind = ExitKind.HostInterrupt;
        cpu.Request(CpuRequests.Die);
    }

    private void SetExits(ExitKind kind, ulong length)
    {
        Cpu.Registers.Rip = TestVm.CodeAddress;
        Cpu.Guest = cpu =>
        {
            cpu.Exit.Kind = kind;
            cpu.Exit.NextRip = TestVm.CodeAddress + length;
        };
    }
}

// SPDX-License-Identifier: MIT
using Hypervisor.Runtime;
using Hypervisor.Virtualization;
using Hypervisor.Virtualization.Vmx;
using Hypervisor.X64;
using Xunit;

namespace Hypervisor.Unit.Virtualization;

/// <summary>VMX on the host flavour: exits as the processor reports them through the decoder.</summary>
public sealed class VmxTests
{
    private const ulong ResetDr6 = Dr6.ResetValue;

    private readonly VmxVirtualCpu _cpu = new TestVmx().CreateCpu();

    [Theory]
    [InlineData(VmxExitReason.Cpuid, ExitKind.Cpuid)]
    [InlineData(VmxExitReason.Vmcall, ExitKind.Hypercall)]
    [InlineData(VmxExitReason.Halt, ExitKind.Halt)]
    [InlineData(VmxExitReason.ExternalInterrupt, ExitKind.HostInterrupt)]
    [InlineData(VmxExitReason.PreemptionTimer, ExitKind.HostInterrupt)]
    [InlineData(VmxExitReason.Init, ExitKind.HostInterrupt)]
    [InlineData(VmxExitReason.OtherSmi, ExitKind.HostInterrupt)]
    [InlineData(VmxExitReason.TripleFault, ExitKind.Shutdown)]
    [InlineData(VmxExitReason.InterruptWindow, ExitKind.InterruptWindow)]
    [InlineData(VmxExitReason.NmiWindow, ExitKind.NmiWindow)]
    [InlineData(VmxExitReason.TaskSwitch, ExitKind.TaskSwitch)]
    [InlineData(VmxExitReason.Getsec, ExitKind.VirtualizationInstruction)]
    [InlineData(VmxExitReason.Vmclear, ExitKind.VirtualizationInstruction)]
    [InlineData(VmxExitReason.Vmlaunch, ExitKind.VirtualizationInstruction)]
    [InlineData(VmxExitReason.Vmxon, ExitKind.VirtualizationInstruction)]
    [InlineData(VmxExitReason.Invept, ExitKind.VirtualizationInstruction)]
    [InlineData(VmxExitReason.Invvpid, ExitKind.VirtualizationInstruction)]
    [InlineData(VmxExitReason.Vmfunc, ExitKind.VirtualizationInstruction)]
    [InlineData(VmxExitReason.Invd, ExitKind.CacheControl)]
    [InlineData(VmxExitReason.Wbinvd, ExitKind.CacheControl)]
    [InlineData(VmxExitReason.Invlpg, ExitKind.InvalidatePage)]
    [InlineData(VmxExitReason.Rdpmc, ExitKind.PerformanceCounter)]
    [InlineData(VmxExitReason.Rdtsc, ExitKind.TimestampCounter)]
    [InlineData(VmxExitReason.Rdtscp, ExitKind.TimestampCounter)]
    [InlineData(VmxExitReason.ControlRegister, ExitKind.ControlRegister)]
    [InlineData(VmxExitReason.DebugRegister, ExitKind.DebugRegister)]
    [InlineData(VmxExitReason.Mwait, ExitKind.Monitor)]
    [InlineData(VmxExitReason.Monitor, ExitKind.Monitor)]
    [InlineData(VmxExitReason.Pause, ExitKind.Pause)]
    [InlineData(VmxExitReason.Xsetbv, ExitKind.Xsetbv)]
    [InlineData(VmxExitReason.MonitorTrap, ExitKind.Unexpected)]
    [InlineData(VmxExitReason.ApicWrite, ExitKind.ApicWrite)]
    [InlineData(VmxExitReason.EndOfInterrupt, ExitKind.EndOfInterrupt)]
    [InlineData(VmxExitReason.ApicAccess, ExitKind.MemoryAccess)]
    [InlineData(VmxExitReason.TprBelowThreshold, ExitKind.Unexpected)]
    [InlineData((VmxExitReason)0x7F, ExitKind.Unexpected)]
    public void ExitReasons_HaveTheirKind(VmxExitReason reason, ExitKind expected)
    {
        Exit(reason);
        Assert.Equal(expected, _cpu.Exit.Kind);
        Assert.Equal((uint)reason, _cpu.Exit.RawCode);
    }

    [Fact]
    public void AnEptMisconfiguration_IsABugOfOurs() =>
        Assert.Throws<ContainedFault>(() => Exit(VmxExitReason.EptMisconfiguration));

    [Theory]
    [InlineData(VmxExitReason.Rdmsr, false)]
    [InlineData(VmxExitReason.Wrmsr, true)]
    public void AnMsrAccess_IsAReadOrAWrite(VmxExitReason reason, bool isWrite)
    {
        Exit(reason, length: 2);
        Assert.Equal(ExitKind.MsrAccess, _cpu.Exit.Kind);
        Assert.Equal(isWrite, _cpu.Exit.IsWrite);
        Assert.Equal(0xFFF2UL, _cpu.Exit.NextRip);
    }

    [Theory]
    [InlineData(VmxExitReason.Vmcall)]
    [InlineData(VmxExitReason.Cpuid)]
    [InlineData(VmxExitReason.Ports)]
    [InlineData(VmxExitReason.Halt)]
    [InlineData(VmxExitReason.Xsetbv)]
    public void TheNextInstruction_WrapsAt4GiBOutside64BitCode(VmxExitReason reason)
    {
        _cpu.Registers.Rip = 0xFFFF_FFFE;
        Exit(reason, length: 3);
        Assert.Equal(1UL, _cpu.Exit.NextRip);
        TestVmx.EnterLongMode(_cpu);
        _cpu.Registers.Rip = 0xFFFF_FFFE;
        Exit(reason, length: 3);
        Assert.Equal(0x1_0000_0001UL, _cpu.Exit.NextRip);
    }

    [Fact]
    public void APortAccess_IsDecodedFromItsQualification()
    {
        Exit(VmxExitReason.Ports, 0x0071_0008, 2);
        Assert.Equal(ExitKind.PortAccess, _cpu.Exit.Kind);
        Assert.Equal(0x71, _cpu.Exit.Port.Port);
        Assert.Equal(1, _cpu.Exit.Port.Size);
        Assert.True(_cpu.Exit.Port.IsInput);
        Assert.False(_cpu.Exit.Port.IsString);
        Assert.Equal(0xFFF2UL, _cpu.Exit.NextRip);
        Exit(VmxExitReason.Ports, 0x0CF8_0033, 2);
        Assert.Equal(0xCF8, _cpu.Exit.Port.Port);
        Assert.Equal(4, _cpu.Exit.Port.Size);
        Assert.True(_cpu.Exit.Port.IsString);
        Assert.True(_cpu.Exit.Port.IsRepeated);
        Assert.False(_cpu.Exit.Port.IsInput);
    }

    [Theory]
    [InlineData(0x181UL, false, false, false, false)]
    [InlineData(0x182UL, true, false, false, false)]
    [InlineData(0x1AAUL, true, false, false, true)]
    [InlineData(0x184UL, false, true, false, false)]
    [InlineData(0x081UL, false, false, true, false)]
    [InlineData(0x001UL, false, false, false, false)]
    public void AnEptViolation_HasItsAddressAndReason(
        ulong qualification, bool isWrite, bool isFetch, bool isPageWalk, bool isPresent)
    {
        VmxInstructions.WriteField((uint)VmcsField64.GuestPhysicalAddress, 0xFEE0_0030);
        Exit(VmxExitReason.EptViolation, qualification, 4);
        Assert.Equal(ExitKind.MemoryAccess, _cpu.Exit.Kind);
        Assert.Equal(0xFEE0_0030UL, _cpu.Exit.Memory.Address.Value);
        Assert.Equal(isWrite, _cpu.Exit.Memory.IsWrite);
        Assert.Equal(isFetch, _cpu.Exit.Memory.IsFetch);
        Assert.Equal(isPageWalk, _cpu.Exit.Memory.IsPageWalk);
        Assert.Equal(isPresent, _cpu.Exit.Memory.IsPresent);
        Assert.Equal(0UL, _cpu.Exit.NextRip);
    }

    [Theory]
    [InlineData(0x300UL, 0, 3, true, true)]
    [InlineData(0x913UL, 3, 9, false, true)]
    [InlineData(0xF04UL, 4, 15, true, true)]
    [InlineData(0x008UL, 8, 0, true, true)]
    [InlineData(0x020UL, 0, 0, true, false)]
    [InlineData(0x001_0030UL, 0, 0, true, false)]
    public void AControlRegisterMove_HasItsOperands(
        ulong qualification, byte register, byte general, bool isWrite, bool isKnown)
    {
        Exit(VmxExitReason.ControlRegister, qualification, 3);
        Assert.Equal(isKnown, _cpu.Exit.Move.IsKnown);
        Assert.Equal(isWrite, _cpu.Exit.Move.IsWrite);
        Assert.Equal(register, _cpu.Exit.Move.Register);
        Assert.Equal(general, _cpu.Exit.Move.General);
    }

    [Theory]
    [InlineData(0x8000_0031u, EventKind.Interrupt, 0x31)]
    [InlineData(0x8000_0202u, EventKind.Nmi, 2)]
    [InlineData(0x8000_0B0Du, EventKind.Exception, 13)]
    [InlineData(0x8000_0480u, EventKind.None, 0)]
    [InlineData(0x8000_0501u, EventKind.None, 0)]
    [InlineData(0x8000_0603u, EventKind.None, 0)]
    [InlineData(0x0000_0031u, EventKind.None, 0)]
    public void TheInterruptedEvent_IsKeptWhereItMustBeInjectedAgain(uint information, EventKind kind, byte vector)
    {
        VmxInstructions.WriteField((uint)VmcsField32.VectoringErrorCode, 0x4D);
        Exit(VmxExitReason.EptViolation, vectoring: information);
        Assert.Equal(ExitKind.MemoryAccess, _cpu.Exit.Kind);
        Assert.Equal(kind, _cpu.Interrupted.Kind);
        Assert.Equal(vector, _cpu.Interrupted.Vector);
        Assert.Equal(kind == EventKind.Exception ? 0x4Du : 0, _cpu.Interrupted.ErrorCode);
        Assert.Equal(kind != EventKind.None, _cpu.HasEvents);
    }

    [Theory]
    [InlineData(VmxExitReason.ExceptionOrNmi, ExitKind.Exception)]
    [InlineData(VmxExitReason.EptViolation, ExitKind.MemoryAccess)]
    [InlineData(VmxExitReason.TaskSwitch, ExitKind.TaskSwitch)]
    public void AnInterruptedEvent_LeavesTheKindAsItIs(VmxExitReason reason, ExitKind kind)
    {
        const uint PageFault = 0x8000_0B0E;
        VmxInstructions.WriteField((uint)VmcsField32.ExitEvent, PageFault);
        Exit(reason, length: 2, vectoring: 0x8000_0031);
        Assert.Equal(kind, _cpu.Exit.Kind);
        Assert.Equal(EventKind.Interrupt, _cpu.Interrupted.Kind);
    }

    [Fact]
    public void AnException_HasItsVectorAndErrorCode()
    {
        VmxInstructions.WriteField((uint)VmcsField32.ExitErrorCode, 0x18);
        ExitWithException(0x8000_0B11);
        Assert.Equal(ExitKind.Exception, _cpu.Exit.Kind);
        Assert.Equal(ExceptionVector.AlignmentCheck, _cpu.Exit.Exception.Vector);
        Assert.Equal(0x18u, _cpu.Exit.Exception.ErrorCode);
        ExitWithException(0x8000_0312);
        Assert.Equal(ExceptionVector.MachineCheck, _cpu.Exit.Exception.Vector);
        Assert.Equal(0u, _cpu.Exit.Exception.ErrorCode);
    }

    /// <summary>A #DB that leaves has changed no register: breakpoints are replaced, the other reasons stay.</summary>
    [Fact]
    public void ADebugException_PutsItsReasonsIntoDr6()
    {
        _cpu.WriteState(StateRegister.Dr6, ResetDr6 | 0x2003);
        ExitWithException(0x8000_0301, 0x4004);
        Assert.Equal(ExceptionVector.Debug, _cpu.Exit.Exception.Vector);
        Assert.Equal(ResetDr6 | 0x6004, _cpu.ReadState(StateRegister.Dr6));
        Assert.Equal(0xFFF0UL, _cpu.Registers.Rip);
    }

    [Fact]
    public void Int1_ReturnsBehindItself()
    {
        ExitWithException(0x8000_0501, 0, 1);
        Assert.Equal(ExitKind.Exception, _cpu.Exit.Kind);
        Assert.Equal(ExceptionVector.Debug, _cpu.Exit.Exception.Vector);
        Assert.Equal(0xFFF1UL, _cpu.Registers.Rip);
    }

    /// <summary>The instruction has ended: with TF set the next entry must not find its shadow (XSA-308).</summary>
    [Fact]
    public void Int1_EndsTheShadow()
    {
        Exit(VmxExitReason.Halt);
        _cpu.Registers.Rflags = 0x102;
        _cpu.Vmcs.Write(VmcsField32.GuestInterruptibility, 2);
        ExitWithException(0x8000_0501, 0, 1);
        Assert.False(_cpu.InterruptShadow);
        Assert.Null(VmxEntryChecks.FindViolation(_cpu.Vmcs, _cpu.Capabilities, in _cpu.Registers));
    }

    [Fact]
    public void AMachineCheck_IsHandedToTheHost()
    {
        ExitWithException(0x8000_0312);
        Assert.Equal(1, FakeProcessor.Current.MachineChecks);
        ExitWithException(0x8000_0311);
        Assert.Equal(1, FakeProcessor.Current.MachineChecks);
    }

    /// <summary>SDM volume 3, 4.10.1: paging stays on while there are process contexts.</summary>
    [Fact]
    public void PagingWithProcessContexts_IsNotSwitchedOff()
    {
        _cpu.WriteState(StateRegister.Cr0, 0x8000_0011);
        _cpu.WriteState(StateRegister.Cr4, new Cr4 { ProcessContextEnable = true }.Value);
        Assert.False(ControlRegisterRules.TryWriteCr0(_cpu, 0x11));
        _cpu.WriteState(StateRegister.Cr4, 0);
        Assert.True(ControlRegisterRules.TryWriteCr0(_cpu, 0x11));
    }

    /// <summary>SDM volume 3, 27.3.1.5: the entry that delivers it wants the step pending in a shadow.</summary>
    [Theory]
    [InlineData(0x102UL, 2u, 0x4000UL)]
    [InlineData(0x302UL, 1u, 0x4000UL)]
    [InlineData(0x102UL, 0u, 0UL)]
    [InlineData(0x002UL, 2u, 0UL)]
    public void ADebugExceptionInAShadow_KeepsItsStepPending(ulong flags, uint shadow, ulong pending)
    {
        Exit(VmxExitReason.Halt);
        _cpu.Registers.Rflags = flags;
        _cpu.Vmcs.Write(VmcsField32.GuestInterruptibility, shadow);
        ExitWithException(0x8000_0301, 0x4000);
        Assert.Equal(pending, _cpu.Vmcs.Read(VmcsFieldNatural.GuestPendingDebug));
        Assert.Null(VmxEntryChecks.FindViolation(_cpu.Vmcs, _cpu.Capabilities, in _cpu.Registers));
    }

    [Fact]
    public void AnNmi_IsTheHosts()
    {
        ExitWithException(0x8000_0202);
        Assert.Equal(ExitKind.HostInterrupt, _cpu.Exit.Kind);
        ExitWithException(0x8000_0311);
        Assert.Equal(ExitKind.Exception, _cpu.Exit.Kind);
    }

    /// <summary>SDM volume 3, 28.2.2 and 28.2.3: an IRET that ended the blocking and then faulted.</summary>
    [Theory]
    [InlineData(0x8000_1B11u, 0u, true)]
    [InlineData(0x8000_0B11u, 0u, false)]
    [InlineData(0x8000_1B08u, 0u, false)]
    [InlineData(0x8000_1B11u, 0x8000_0B0Du, false)]
    public void AFaultOfTheReturn_BlocksNmisAgain(uint information, uint vectoring, bool isBlocked)
    {
        ExitWithException(information, 0, 0, vectoring);
        Assert.Equal(isBlocked, _cpu.NmiBlocked);
    }

    [Theory]
    [InlineData(0x1181UL, 0u, true)]
    [InlineData(0x0181UL, 0u, false)]
    [InlineData(0x1181UL, 0x8000_0031u, false)]
    public void AnEptViolationOfTheReturn_BlocksNmisAgain(ulong qualification, uint vectoring, bool isBlocked)
    {
        Exit(VmxExitReason.EptViolation, qualification, vectoring: vectoring);
        Assert.Equal(isBlocked, _cpu.NmiBlocked);
    }

    [Fact]
    public void ARefusedEntry_IsToldByTheInstructionsError()
    {
        VmxInstructions.WriteField((uint)VmcsField32.InstructionError, 5);
        TestVmx.ExitWith(_cpu, VmxContext.Refused, vectoring: 0x8000_0031);
        Assert.Equal(ExitKind.InvalidState, _cpu.Exit.Kind);
        Assert.Equal("VMRESUME with a VMCS that was not launched", _cpu.Exit.Explanation);
        Assert.Equal(5UL, _cpu.Exit.RawDetail1);
        Assert.Equal(EventKind.None, _cpu.Interrupted.Kind);
    }

    [Theory]
    [InlineData(0x8000_0021UL, "guest state that the manual forbids")]
    [InlineData(0x8000_0022UL, "an MSR of the entry could not be loaded")]
    [InlineData(0x8000_0029UL, "a machine check during the entry")]
    public void AFailedEntry_HasItsReason(ulong reason, string explanation)
    {
        TestVmx.ExitWith(_cpu, reason, 4);
        Assert.Equal(ExitKind.InvalidState, _cpu.Exit.Kind);
        Assert.Equal(explanation, _cpu.Exit.Explanation);
        Assert.Equal(4UL, _cpu.Exit.RawDetail1);
    }

    [Fact]
    public void AFailedEntry_NamesTheRuleThatIsBroken()
    {
        Exit(VmxExitReason.Halt);
        _cpu.Vmcs.Write(VmcsField32.GuestActivity, 4);
        TestVmx.ExitWith(_cpu, 0x8000_0021);
        Assert.Equal("an activity state that there is not", _cpu.Exit.Explanation);
    }

    private void Exit(VmxExitReason reason, ulong qualification = 0, ulong length = 0, ulong vectoring = 0) =>
        TestVmx.ExitWith(_cpu, (ulong)reason, qualification, length, vectoring);

    private void ExitWithException(uint information, ulong qualification = 0, ulong length = 0, ulong vectoring = 0)
    {
        VmxInstructions.WriteField((uint)VmcsField32.ExitEvent, information);
        Exit(VmxExitReason.ExceptionOrNmi, qualification, length, vectoring);
    }
}

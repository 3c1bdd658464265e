// SPDX-License-Identifier: MIT
using Hypervisor.Memory;
using Hypervisor.Virtualization;
using Hypervisor.Virtualization.Exits;
using Hypervisor.Virtualization.Vmx;
using Hypervisor.X64;
using Xunit;

namespace Hypervisor.Unit.Virtualization;

/// <summary>Injection, the windows, shadows and the task priority on VMX.</summary>
public sealed class VmxEventTests
{
    private readonly TestVmx _machine = new();
    private readonly VmxVirtualCpu _cpu;

    public VmxEventTests()
    {
        _cpu = _machine.CreateCpu();
    }

    private uint EntryEvent => _cpu.Vmcs.Read(VmcsField32.EntryEvent);

    private uint Interruptibility => _cpu.Vmcs.Read(VmcsField32.GuestInterruptibility);

    private ProcessorControls Controls => (ProcessorControls)_cpu.Vmcs.Read(VmcsField32.ProcessorControls);

    [Fact]
    public void Injection_HasAnErrorCodeInProtectedModeOnly()
    {
        _cpu.Inject(VirtualEvent.Exception(13, 0x18));
        Assert.Equal(0x8000_030Du, EntryEvent);
        _cpu.WriteState(StateRegister.Cr0, new Cr0 { ProtectionEnable = true }.Value);
        _cpu.Inject(VirtualEvent.Exception(13, 0x1_0018));
        Assert.Equal(0x8000_0B0Du, EntryEvent);
        Assert.Equal(0x18u, _cpu.Vmcs.Read(VmcsField32.EntryErrorCode));
    }

    [Fact]
    public void Injection_HasItsType()
    {
        _cpu.Inject(VirtualEvent.Interrupt(0x31));
        Assert.Equal(0x8000_0031u, EntryEvent);
        _cpu.Inject(VirtualEvent.Nmi);
        Assert.Equal(0x8000_0202u, EntryEvent);
        _cpu.Inject(new VirtualEvent(EventKind.SoftwareInterrupt, 0x80, length: 2));
        Assert.Equal(0x8000_0480u, EntryEvent);
        Assert.Equal(2u, _cpu.Vmcs.Read(VmcsField32.EntryInstructionLength));
    }

    /// <summary>An entry that injects something else would forget it.</summary>
    [Theory]
    [InlineData(VmxExitReason.ApicWrite, 0x4000UL, 0x4000UL)]
    [InlineData(VmxExitReason.EndOfInterrupt, 0x1002UL, 0x0002UL)]
    [InlineData(VmxExitReason.ApicWrite, 0x0002UL, 0UL)]
    public void ATrapBehindAnExit_IsRaisedHere(VmxExitReason reason, ulong pending, ulong reasons)
    {
        TestVmx.EnterLongMode(_cpu);
        _cpu.Interrupts = new FakeInterrupts();
        _cpu.WriteState(StateRegister.Dr6, Dr6.ResetValue);
        TestVmx.ExitWith(_cpu, (ulong)reason, qualification: 0x300);
        _cpu.Vmcs.Write(VmcsFieldNatural.GuestPendingDebug, pending);
        _ = reason == VmxExitReason.ApicWrite ? ApicExit.HandleWrite(_cpu) : ApicExit.HandleEnd(_cpu);
        Assert.Equal(reasons != 0 ? 0x8000_0301u : 0, EntryEvent);
        Assert.Equal(Dr6.ResetValue | reasons, _cpu.ReadState(StateRegister.Dr6));
        Assert.Equal(reasons != 0 ? 0 : pending, _cpu.Vmcs.Read(VmcsFieldNatural.GuestPendingDebug));
    }

    [Fact]
    public void Injection_LastsUntilTheEntry()
    {
        Assert.False(_cpu.IsInjecting);
        _cpu.Inject(VirtualEvent.Exception(6));
        Assert.True(_cpu.IsInjecting);
        TestVmx.ExitWith(_cpu, (ulong)VmxExitReason.Halt);
        Assert.False(_cpu.IsInjecting);
    }

    /// <summary>The processor blocks by itself; an entry that finds it done fails (SDM volume 3, 27.3.1.5).</summary>
    [Fact]
    public void AnNmi_IsInjectedUnblocked()
    {
        TestVmx.ExitWith(_cpu, (ulong)VmxExitReason.Halt);
        _cpu.NmiBlocked = true;
        Assert.Equal(8u, Interruptibility);
        _cpu.Inject(VirtualEvent.Nmi);
        Assert.Equal(0u, Interruptibility);
        Assert.Null(VmxEntryChecks.FindViolation(_cpu.Vmcs, _cpu.Capabilities, in _cpu.Registers));
    }

    [Fact]
    public void TheInterruptWindow_IsAControlUntilItOpens()
    {
        _cpu.InterruptWindow = true;
        Assert.True(_cpu.InterruptWindow);
        Assert.Equal(ProcessorControls.InterruptWindow, Controls & ProcessorControls.Windows);
        TestVmx.ExitWith(_cpu, (ulong)VmxExitReason.InterruptWindow);
        Assert.False(_cpu.InterruptWindow);
        Assert.Equal(ProcessorControls.None, Controls & ProcessorControls.Windows);
    }

    [Fact]
    public void TheNmiWindow_IsAControlUntilItOpens()
    {
        _cpu.NmiWindow = true;
        Assert.True(_cpu.NmiWindow);
        Assert.Equal(ProcessorControls.NmiWindow, Controls & ProcessorControls.Windows);
        TestVmx.ExitWith(_cpu, (ulong)VmxExitReason.NmiWindow);
        Assert.False(_cpu.NmiWindow);
        Assert.Equal(ProcessorControls.None, Controls & ProcessorControls.Windows);
    }

    /// <summary>Where the processor opens no NMI window, the timer's exit has the gate look.</summary>
    [Theory]
    [InlineData(VmxExitReason.PreemptionTimer)]
    [InlineData(VmxExitReason.ExternalInterrupt)]
    public void APendingNmi_IsLookedAtAtTheHostsInterrupts(VmxExitReason reason)
    {
        TestVmx.ExitWith(_cpu, (ulong)reason);
        Assert.False(_cpu.HasEvents);
        _cpu.NmiPending = true;
        TestVmx.ExitWith(_cpu, (ulong)reason);
        Assert.True(_cpu.HasEvents);
    }

    [Fact]
    public void AShadow_IsEitherOfTheTwo()
    {
        _cpu.Vmcs.Write(VmcsField32.GuestInterruptibility, 9);
        Assert.True(_cpu.InterruptShadow);
        _cpu.Vmcs.Write(VmcsField32.GuestInterruptibility, 0xA);
        Assert.True(_cpu.InterruptShadow);
        _cpu.InterruptShadow = false;
        Assert.Equal(8u, Interruptibility);
        _cpu.InterruptShadow = true;
        Assert.Equal(0xAu, Interruptibility);
        Assert.True(_cpu.NmiBlocked);
    }

    /// <summary>What is injected at the next entry would be all that the guest sees.</summary>
    [Fact]
    public void ABreakpointThatMovSsHeldBack_IsRaisedBehindTheNextInstruction()
    {
        TestVmx.EnterLongMode(_cpu);
        TestVmx.ExitWith(_cpu, (ulong)VmxExitReason.Cpuid);
        _cpu.WriteState(StateRegister.Dr6, Dr6.ResetValue);
        _cpu.InterruptShadow = true;
        _cpu.Vmcs.Write(VmcsFieldNatural.GuestPendingDebug, 0x1001);
        _cpu.AdvanceTo(0x2002);
        Assert.Equal(0x8000_0301u, EntryEvent);
        Assert.Equal(Dr6.ResetValue | 1, _cpu.ReadState(StateRegister.Dr6));
        Assert.Equal(0UL, _cpu.Vmcs.Read(VmcsFieldNatural.GuestPendingDebug));
    }

    [Fact]
    public void AnInstructionsEnd_EndsTheShadowAndKeepsTheBlocking()
    {
        TestVmx.ExitWith(_cpu, (ulong)VmxExitReason.Halt);
        _cpu.Vmcs.Write(VmcsField32.GuestInterruptibility, 9);
        _cpu.Vmcs.Write(VmcsFieldNatural.GuestPendingDebug, 0x4000);
        TestVmx.ExitWith(_cpu, (ulong)VmxExitReason.Cpuid);
        _cpu.AdvanceTo(0x1000);
        Assert.Equal(8u, Interruptibility);
        Assert.Equal(0UL, _cpu.Vmcs.Read(VmcsFieldNatural.GuestPendingDebug));
        Assert.Equal(0x1000UL, _cpu.Registers.Rip);
    }

    [Fact]
    public void TheTaskPriority_LiesInTheVirtualApicPage()
    {
        _cpu.TaskPriority = 0xB;
        Assert.Equal(0xB, _cpu.TaskPriority);
        var page = new TablePage(new HostPhysical(TestVmx.VirtualApicAddress));
        Assert.Equal(0xB0UL, page[0x80 / 8]);
    }

    [Fact]
    public void Reset_ForgetsEventsShadowsAndWindows()
    {
        _cpu.Inject(VirtualEvent.Interrupt(0x31));
        _cpu.NmiBlocked = true;
        _cpu.InterruptShadow = true;
        _cpu.InterruptWindow = true;
        _cpu.NmiWindow = true;
        _cpu.TaskPriority = 5;
        _cpu.Vmcs.Write(VmcsFieldNatural.GuestPendingDebug, 0x4000);
        _cpu.Reset();
        Assert.Equal(0u, EntryEvent);
        Assert.False(_cpu.IsInjecting);
        Assert.Equal(0u, Interruptibility);
        Assert.Equal(ProcessorControls.None, Controls & ProcessorControls.Windows);
        Assert.Equal(0, _cpu.TaskPriority);
        Assert.Equal(0UL, _cpu.Vmcs.Read(VmcsFieldNatural.GuestPendingDebug));
    }
}

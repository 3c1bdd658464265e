// SPDX-License-Identifier: MIT
using Hypervisor.Memory;
using Hypervisor.Platform;
using Hypervisor.Virtualization;
using Hypervisor.Virtualization.Svm;
using Hypervisor.X64;
using Xunit;

namespace Hypervisor.Unit.Virtualization;

/// <summary>What is done otherwise where the processor is QEMU's translator.</summary>
public sealed unsafe class SvmOnQemuTests
{
    private const uint HostInterrupt = 0x60;
    private const uint Halt = 0x78;
    private const uint DebugException = 0x41;
    private const ulong TrapFlag = 0x100;
    private const ulong SingleStep = 0x4000;

    private readonly SvmVirtualCpu _cpu;

    public SvmOnQemuTests()
    {
        FakeProcessor processor = FakeProcessor.Reset();
        processor.CpuidLeaves[(1, 0)] = new CpuidResult(0, 0, 1u << 31, 0);
        processor.CpuidLeaves[(0x4000_0000, 0)] = new CpuidResult(0, 0x5447_4354, 0, 0);
        processor.CpuidLeaves[(0x8000_0000, 0)] = new CpuidResult(0x8000_001F, 0, 0, 0);
        processor.CpuidLeaves[(0x8000_0001, 0)] = new CpuidResult(0, 0, 4, 0);
        processor.CpuidLeaves[(0x8000_000A, 0)] = new CpuidResult(1, 16, 0, 1);
        var vendor = new SvmVendor();
        var control = new SvmControl(new HostPhysical(0x5000), new HostPhysical(0x6000), new HostPhysical(0x9000));
        _cpu = new SvmVirtualCpu(0, vendor, new FakeMap(), new CpuidModel(default), in control)
        {
            Processor = new SvmProcessor(new Processor(0, 0, null!), new HostPhysical(0x3000), vendor.AsidCount),
        };
    }

    /// <summary>The processor must never get them: it leaves them armed in the hypervisor's own code.</summary>
    [Fact]
    public void Breakpoints_AreOnlyRemembered()
    {
        _cpu.WriteState(StateRegister.Dr7, 0x401);
        Assert.Equal(0x400UL, _cpu.Vmcb->Dr7);
        Assert.Equal(0x401UL, _cpu.ReadState(StateRegister.Dr7));
        Assert.Equal(1 << 7, _cpu.Vmcb->WriteInterceptsOfDr);
        Assert.Equal(1 << 7, _cpu.Vmcb->ReadInterceptsOfDr);
    }

    [Fact]
    public void AShadow_IsSteppedOver_WithTheWindowShut()
    {
        _cpu.InterruptWindow = true;
        LeaveInShadow();
        Assert.False(_cpu.InterruptWindow);
        _cpu.InterruptWindow = true;
        Assert.False(_cpu.InterruptWindow);
        bool traps = Leave(DebugException, rip: 0x1001, shadow: 0, reasons: SingleStep);
        Assert.True(traps);
        Assert.Equal(ExitKind.NmiWindow, _cpu.Exit.Kind);
        Assert.False(_cpu.InterruptShadow);
        Assert.True(_cpu.HasEvents);
        Assert.Equal(0UL, _cpu.Registers.Rflags & TrapFlag);
        Assert.Equal(0UL, _cpu.ReadState(StateRegister.Dr6));
        _cpu.InterruptWindow = true;
        Assert.True(_cpu.InterruptWindow);
        Assert.False(Leave(HostInterrupt, rip: 0x1002, shadow: 0));
    }

    /// <summary>A host interrupt comes before the instruction again: the shadow that VMRUN lost stands.</summary>
    [Fact]
    public void AShadow_StandsUntilItsInstructionIsDone()
    {
        LeaveInShadow();
        for (int i = 0; i < 3; i++)
        {
            _cpu.HasEvents = false;
            Assert.True(Leave(HostInterrupt, rip: 0x1000, shadow: 0));
            Assert.True(_cpu.InterruptShadow);
            Assert.True(_cpu.HasEvents);
        }

        Assert.True(Leave(HostInterrupt, rip: 0x1005, shadow: 0));
        Assert.False(_cpu.InterruptShadow);
        Assert.False(Leave(HostInterrupt, rip: 0x1005, shadow: 0));
    }

    /// <summary>HLT leaves by itself: nothing is stepped any more, and what is pending is looked at.</summary>
    [Fact]
    public void AnInstructionThatLeaves_EndsTheStep()
    {
        LeaveInShadow();
        _cpu.HasEvents = false;
        Assert.True(Leave(Halt, rip: 0x1000, shadow: 0));
        Assert.Equal(ExitKind.Halt, _cpu.Exit.Kind);
        Assert.True(_cpu.HasEvents);
        Assert.False(Leave(HostInterrupt, rip: 0x1001, shadow: 0));
    }

    /// <summary>Its frame would save the trap flag of the step.</summary>
    [Fact]
    public void AnException_EndsTheStep()
    {
        LeaveInShadow();
        _cpu.Inject(VirtualEvent.Exception(ExceptionVector.GeneralProtection, 0));
        Assert.False(_cpu.InterruptShadow);
        Assert.False(Leave(HostInterrupt, rip: 0x3000, shadow: 0));
    }

    [Fact]
    public void AReset_EndsTheStep()
    {
        LeaveInShadow();
        _cpu.Reset();
        Assert.False(Leave(HostInterrupt, rip: 0x1000, shadow: 0));
    }

    private void LeaveInShadow()
    {
        _cpu.Registers.Rflags = 0x202;
        _ = Leave(HostInterrupt, rip: 0x1000, shadow: 1);
    }

    /// <summary>Whether the guest ran with the trap flag; then it left for the given reason.</summary>
    private bool Leave(uint code, ulong rip, ulong shadow, ulong reasons = 0)
    {
        bool traps = false;
        SvmEntry.Guest = (vmcb, registers) =>
        {
            traps = (registers->Rflags & TrapFlag) != 0;
            registers->Rip = rip;
            vmcb->ExitCode = code;
            vmcb->InterruptState = shadow;
            vmcb->Dr6 = reasons;
        };
        _cpu.Run();
        return traps;
    }
}

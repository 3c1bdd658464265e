// SPDX-License-Identifier: MIT
using Hypervisor.Memory;
using Hypervisor.Platform;
using Hypervisor.Virtualization;
using Hypervisor.Virtualization.Svm;
using Hypervisor.X64;
using Xunit;

namespace Hypervisor.Unit.Virtualization;

/// <summary>SVM on the host flavour: crafted VMCBs through the decoder, injection, windows, ASIDs.</summary>
public sealed unsafe class SvmTests
{
    private readonly SvmVirtualCpu _cpu;
    private readonly SvmProcessor _processor;

    public SvmTests()
    {
        FakeProcessor processor = FakeProcessor.Reset();
        processor.CpuidLeaves[(0x8000_0000, 0)] = new CpuidResult(0x8000_001F, 0, 0, 0);
        processor.CpuidLeaves[(0x8000_0001, 0)] = new CpuidResult(0, 0, 4, 0);
        processor.CpuidLeaves[(0x8000_000A, 0)] = new CpuidResult(1, 16, 0, 1);
        var vendor = new SvmVendor();
        _processor = new SvmProcessor(new Processor(0, 0, null!), new HostPhysical(0x3000), vendor.AsidCount);
        var control = new SvmControl(new HostPhysical(0x5000), new HostPhysical(0x6000), new HostPhysical(0x9000));
        _cpu = new SvmVirtualCpu(0, vendor, new FakeMap(), new CpuidModel(default), in control)
        {
            Processor = _processor,
        };
    }

    [Fact]
    public void Features_AreInUseOrOnlyListed()
    {
        const uint NextRip = 1 << 3;
        const uint DecodeAssists = 1 << 7;
        FakeProcessor.Current.CpuidLeaves[(0x8000_000A, 0)] = new CpuidResult(1, 16, 0, 1 | NextRip | DecodeAssists);
        VirtualizationFeature[] features = new SvmVendor().Features.ToArray();
        Assert.Equal(2, features.Length);
        Assert.Contains(features, static feature => feature is { Name: "next RIP at exits", IsUsed: true });
        Assert.Contains(features, static feature => feature is { Name: "decode assists", IsUsed: false });
    }

    [Theory]
    [InlineData(0x72u, ExitKind.Cpuid)]
    [InlineData(0x81u, ExitKind.Hypercall)]
    [InlineData(0x78u, ExitKind.Halt)]
    [InlineData(0x60u, ExitKind.HostInterrupt)]
    [InlineData(0x61u, ExitKind.HostInterrupt)]
    [InlineData(0x7Fu, ExitKind.Shutdown)]
    [InlineData(0x80u, ExitKind.VirtualizationInstruction)]
    [InlineData(0x7Au, ExitKind.VirtualizationInstruction)]
    [InlineData(0x89u, ExitKind.CacheControl)]
    [InlineData(0x76u, ExitKind.CacheControl)]
    [InlineData(0x6Eu, ExitKind.TimestampCounter)]
    [InlineData(0x14u, ExitKind.ControlRegister)]
    [InlineData(0x27u, ExitKind.DebugRegister)]
    [InlineData(0x51u, ExitKind.Exception)]
    [InlineData(0x8Du, ExitKind.Xsetbv)]
    [InlineData(0xFFFFFFFFu, ExitKind.InvalidState)]
    [InlineData(0x7Du, ExitKind.Unexpected)]
    public void ExitCodes_HaveTheirKind(uint code, ExitKind expected)
    {
        ExitWith(code);
        Assert.Equal(expected, _cpu.Exit.Kind);
    }

    [Fact]
    public void APortAccess_IsDecodedFromItsInformation()
    {
        ExitWith(0x7B, 0x0071_0011, 0x1002);
        Assert.Equal(ExitKind.PortAccess, _cpu.Exit.Kind);
        Assert.Equal(0x71, _cpu.Exit.Port.Port);
        Assert.Equal(1, _cpu.Exit.Port.Size);
        Assert.True(_cpu.Exit.Port.IsInput);
        Assert.Equal(0x1002UL, _cpu.Exit.NextRip);
        ExitWith(0x7B, 0x0080_001C, 0x1003);
        Assert.True(_cpu.Exit.Port.IsString);
        Assert.True(_cpu.Exit.Port.IsRepeated);
        Assert.False(_cpu.Exit.Port.IsInput);
    }

    [Fact]
    public void ANestedPageFault_HasItsAddressAndReason()
    {
        ExitWith(0x400, 0x1_0000_0006, 0xFEE0_0030);
        Assert.Equal(ExitKind.MemoryAccess, _cpu.Exit.Kind);
        Assert.Equal(0xFEE0_0030UL, _cpu.Exit.Memory.Address.Value);
        Assert.True(_cpu.Exit.Memory.IsWrite);
        Assert.False(_cpu.Exit.Memory.IsPageWalk);
        ExitWith(0x400, 0x2_0000_0014, 0x1000);
        Assert.True(_cpu.Exit.Memory.IsPageWalk);
        Assert.True(_cpu.Exit.Memory.IsFetch);
    }

    [Theory]
    [InlineData(0x8000_0031UL, EventKind.Interrupt, 0x31)]
    [InlineData(0x8000_0202UL, EventKind.Nmi, 2)]
    [InlineData(0x0000_004D_8000_0B0DUL, EventKind.Exception, 13)]
    [InlineData(0x8000_0341UL, EventKind.None, 0)]
    [InlineData(0x8000_0480UL, EventKind.None, 0)]
    [InlineData(0x8000_0303UL, EventKind.None, 0)]
    [InlineData(0x0000_0031UL, EventKind.None, 0)]
    public void TheInterruptedEvent_IsKeptWhereItMustBeInjectedAgain(ulong information, EventKind kind, byte vector)
    {
        _cpu.Vmcb->ExitEvent = information;
        ExitWith(0x60);
        Assert.Equal(kind, _cpu.Interrupted.Kind);
        Assert.Equal(vector, _cpu.Interrupted.Vector);
        Assert.Equal(kind != EventKind.None, _cpu.HasEvents);
    }

    [Fact]
    public void Injection_HasAnErrorCodeInProtectedModeOnly()
    {
        _cpu.Inject(VirtualEvent.Exception(13, 0x18));
        Assert.Equal(0x8000_030DUL, _cpu.Vmcb->InjectedEvent & 0xFFFF_FFFF);
        _cpu.WriteState(StateRegister.Cr0, new Cr0 { ProtectionEnable = true }.Value);
        _cpu.Inject(VirtualEvent.Exception(13, 0x18));
        Assert.Equal(0x0000_0018_8000_0B0DUL, _cpu.Vmcb->InjectedEvent);
        Assert.True(_cpu.IsInjecting);
    }

    [Fact]
    public void TheInterruptWindow_IsAVirtualInterruptThatLeaves()
    {
        _cpu.InterruptWindow = true;
        Assert.True(new InterruptControl(_cpu.Vmcb->InterruptControlWord).IsPending);
        Assert.NotEqual(SvmIntercepts.None, _cpu.Vmcb->Intercepts & SvmIntercepts.VirtualInterrupt);
        ExitWith(0x64);
        Assert.Equal(ExitKind.InterruptWindow, _cpu.Exit.Kind);
        Assert.False(new InterruptControl(_cpu.Vmcb->InterruptControlWord).IsPending);
        Assert.Equal(SvmIntercepts.None, _cpu.Vmcb->Intercepts & SvmIntercepts.VirtualInterrupt);
    }

    [Fact]
    public void NmiBlocking_EndsAfterTheReturn()
    {
        _cpu.NmiBlocked = true;
        Assert.NotEqual(SvmIntercepts.None, _cpu.Vmcb->Intercepts & SvmIntercepts.Iret);
        _cpu.Registers.Rip = 0x1000;
        ExitWith(0x74);
        Assert.Equal(ExitKind.NmiWindow, _cpu.Exit.Kind);
        Assert.True(_cpu.NmiBlocked);
        Assert.Equal(SvmIntercepts.None, _cpu.Vmcb->Intercepts & SvmIntercepts.Iret);
        SvmEntry.Guest = static (vmcb, registers) =>
        {
            registers->Rip = 0x2000;
            vmcb->ExitCode = 0x60;
        };
        _cpu.Run();
        Assert.False(_cpu.NmiBlocked);
    }

    /// <summary>
    /// An interrupt comes between the intercept of IRET and the IRET, beside a second NMI: the blocking lasts until
    /// the next IRET, and the frame has no trap flag of ours.
    /// </summary>
    [Fact]
    public void NmiBlocking_OutlastsWhatComesBeforeTheReturn()
    {
        _cpu.NmiBlocked = true;
        _cpu.Registers.Rip = 0x1000;
        ExitWith(0x74);
        _cpu.NmiPending = true;
        _cpu.NmiWindow = true;
        _cpu.Inject(VirtualEvent.Interrupt(0x31));
        SvmEntry.Guest = static (vmcb, registers) =>
        {
            Assert.Equal(0UL, registers->Rflags & 0x100);
            registers->Rip = 0x2000;
            vmcb->ExitCode = 0x60;
        };
        _cpu.Run();
        Assert.True(_cpu.NmiBlocked);
        Assert.NotEqual(SvmIntercepts.None, _cpu.Vmcb->Intercepts & SvmIntercepts.Iret);
    }

    [Fact]
    public void AMachineCheck_IsHandedToTheHost()
    {
        ExitWith(0x52);
        Assert.Equal(1, FakeProcessor.Current.MachineChecks);
        Assert.Equal(ExitKind.HostInterrupt, _cpu.Exit.Kind);
    }

    /// <summary>
    /// The step over an instruction in a shadow is ours; a step or a breakpoint of the guest's is not.
    /// </summary>
    [Theory]
    [InlineData(0x002UL, 0x4000UL, ExitKind.NmiWindow, 0UL)]
    [InlineData(0x102UL, 0x4000UL, ExitKind.Exception, 0x4000UL)]
    [InlineData(0x002UL, 0x4001UL, ExitKind.Exception, 0x0001UL)]
    public void TheStepForAnNmi_LeavesTheGuestsOwnTraps(ulong flags, ulong reasons, ExitKind kind, ulong left)
    {
        _cpu.Registers.Rflags = flags;
        _cpu.NmiWindow = true;
        SvmEntry.Guest = (vmcb, registers) =>
        {
            Assert.NotEqual(0UL, registers->Rflags & 0x100);
            vmcb->ExitCode = 0x41;
            vmcb->Dr6 = reasons;
        };
        _cpu.Run();
        Assert.Equal(kind, _cpu.Exit.Kind);
        Assert.Equal(left, _cpu.ReadState(StateRegister.Dr6));
        Assert.Equal(flags, _cpu.Registers.Rflags);
        Assert.False(_cpu.NmiWindow);
    }

    /// <summary>The frame of what is injected would save the trap flag.</summary>
    [Fact]
    public void BesideAnInjection_NothingIsSteppedForAnNmi()
    {
        _cpu.Inject(VirtualEvent.Exception(13, 0));
        _cpu.NmiWindow = true;
        SvmEntry.Guest = static (vmcb, registers) =>
        {
            Assert.Equal(0UL, registers->Rflags & 0x100);
            vmcb->ExitCode = 0x60;
        };
        _cpu.Run();
    }

    /// <summary>The instruction in the shadow left the guest: with its end the NMI is due.</summary>
    [Fact]
    public void AStepThatWasNotMade_IsLookedAtAgain()
    {
        _cpu.NmiWindow = true;
        _cpu.HasEvents = false;
        ExitWith(0x7C);
        Assert.True(_cpu.HasEvents);
    }

    [Fact]
    public void BreakpointsOfTheGuest_AreTheProcessors()
    {
        _cpu.WriteState(StateRegister.Dr7, 0x401);
        Assert.Equal(0x401UL, _cpu.Vmcb->Dr7);
        Assert.Equal(0, _cpu.Vmcb->WriteInterceptsOfDr);
    }

    [Fact]
    public void TheShadow_IsTheProcessors()
    {
        _cpu.Vmcb->InterruptState = 1;
        ExitWith(0x60);
        _cpu.InterruptWindow = true;
        Assert.True(_cpu.InterruptWindow);
        SvmEntry.Guest = static (vmcb, registers) => Assert.Equal(0UL, registers->Rflags & 0x100);
        _cpu.Run();
    }

    [Fact]
    public void EferOfTheGuest_HidesSvme()
    {
        _cpu.WriteState(StateRegister.Efer, 0x500);
        Assert.Equal(0x500UL, _cpu.ReadState(StateRegister.Efer));
        Assert.Equal(0x1500UL, _cpu.Vmcb->Efer);
    }

    [Fact]
    public void ASetter_TakesItsGroupOutOfTheCleanBits()
    {
        _cpu.Vmcb->Clean = VmcbClean.All;
        _cpu.WriteState(StateRegister.Cr3, 0x1000);
        Assert.Equal(VmcbClean.All & ~VmcbClean.ControlRegisters, _cpu.Vmcb->Clean);
        _cpu.WriteState(StateRegister.Cr2, 0x1000);
        Assert.Equal(VmcbClean.All & ~(VmcbClean.ControlRegisters | VmcbClean.Cr2), _cpu.Vmcb->Clean);
    }

    [Fact]
    public void AFlush_TakesANewIdentifier_AndTheLastOneFlushesAll()
    {
        ExitWith(0x60);
        uint first = _cpu.Vmcb->Asid;
        _cpu.FlushTlb();
        uint tlbControl = 0;
        SvmEntry.Guest = (vmcb, _) => tlbControl = vmcb->TlbControl;
        _cpu.Run();
        Assert.Equal(first + 1, _cpu.Vmcb->Asid);
        Assert.Equal(0u, tlbControl);
        for (int index = 0; index < 14; index++)
        {
            _cpu.FlushTlb();
            _cpu.Run();
        }

        Assert.Equal(1u, _cpu.Vmcb->Asid);
        Assert.Equal(1u, tlbControl);
        Assert.Equal(2UL, _processor.Asids.Generation);
    }

    private void ExitWith(uint code, ulong information1 = 0, ulong information2 = 0)
    {
        SvmEntry.Guest = (vmcb, _) =>
        {
            vmcb->ExitCode = code;
            vmcb->ExitInformation1 = information1;
            vmcb->ExitInformation2 = information2;
        };
        _cpu.Run();
    }
}

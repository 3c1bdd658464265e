// SPDX-License-Identifier: MIT
using System;
using System.Globalization;
using System.Linq;
using Hypervisor.Memory;
using Hypervisor.Platform;
using Hypervisor.Unit.Memory;
using Hypervisor.Virtualization;
using Hypervisor.Virtualization.Vmx;
using Hypervisor.X64;
using Xunit;

namespace Hypervisor.Unit.Virtualization;

/// <summary>Finding VT-x and switching it on, what is chosen of it, its tables.</summary>
public sealed class VmxVendorTests
{
    private readonly TestVmx _machine = new();

    [Fact]
    public void AProcessorWithAll_HasNoObstacle() => Assert.Null(new VmxVendor().FindObstacle());

    [Fact]
    public void WithoutVmx_TheObstacleSaysSo()
    {
        FakeProcessor.Current.CpuidLeaves[(1, 0)] = new CpuidResult(0, 0, 1 << 26, 0);
        Assert.Equal("This processor has no VT-x (VMX).", new VmxVendor().FindObstacle());
    }

    [Fact]
    public void WithoutXsave_TheObstacleSaysSo()
    {
        FakeProcessor.Current.CpuidLeaves[(1, 0)] = new CpuidResult(0, 0, 1 << 5, 0);
        Assert.Equal("This processor has no XSAVE.", new VmxVendor().FindObstacle());
    }

    [Theory]
    [InlineData(0UL, true)]
    [InlineData(1UL, false)]
    [InlineData(3UL, false)]
    [InlineData(4UL, true)]
    [InlineData(5UL, true)]
    public void AFirmwareThatLocksVmxOff_IsAnObstacle(ulong control, bool isUsable)
    {
        TestVmx.Msrs[Msr.FeatureControl] = control;
        Assert.Equal(
            isUsable
                ? null
                : "VT-x is switched off by the firmware: enable \"Intel Virtualization Technology\" in the BIOS set-up "
                    + "(Advanced, CPU).",
            new VmxVendor().FindObstacle());
    }

    [Theory]
    [InlineData(PinControls.ExternalInterruptExiting, "external-interrupt exiting")]
    [InlineData(PinControls.NmiExiting, "NMI exiting")]
    [InlineData(PinControls.VirtualNmis, "virtual NMIs")]
    [InlineData(ProcessorControls.InterruptWindow, "interrupt-window exiting")]
    [InlineData(ProcessorControls.TscOffsetting, "TSC offsetting")]
    [InlineData(ProcessorControls.HaltExiting, "HLT exiting")]
    [InlineData(ProcessorControls.MwaitExiting, "MWAIT exiting")]
    [InlineData(ProcessorControls.RdpmcExiting, "RDPMC exiting")]
    [InlineData(ProcessorControls.Cr8LoadExiting, "CR8-load exiting")]
    [InlineData(ProcessorControls.NmiWindow, "NMI-window exiting")]
    [InlineData(ProcessorControls.UnconditionalPortExiting, "unconditional I/O exiting")]
    [InlineData(ProcessorControls.MsrBitmaps, "MSR bitmaps")]
    [InlineData(ProcessorControls.MonitorExiting, "MONITOR exiting")]
    [InlineData(ProcessorControls.Secondary, "EPT (nested paging)")]
    [InlineData(SecondaryControls.Ept, "EPT (nested paging)")]
    [InlineData(SecondaryControls.UnrestrictedGuest, "unrestricted guest (real mode)")]
    [InlineData(ExitControls.SaveDebugControls, "save debug controls at exits")]
    [InlineData(ExitControls.HostIn64BitMode, "64-bit host")]
    [InlineData(ExitControls.LoadPat, "load IA32_PAT at exits")]
    [InlineData(ExitControls.SaveEfer, "save IA32_EFER at exits")]
    [InlineData(ExitControls.LoadEfer, "load IA32_EFER at exits")]
    [InlineData(EntryControls.LoadDebugControls, "load debug controls at entries")]
    [InlineData(EntryControls.LongMode, "64-bit guest")]
    [InlineData(EntryControls.LoadPat, "load IA32_PAT at entries")]
    [InlineData(EntryControls.LoadEfer, "load IA32_EFER at entries")]
    public void AMissingControl_IsNamed(object control, string name)
    {
        switch (control)
        {
            case PinControls pin:
                TestVmx.Forbid(pin);
                break;
            case ProcessorControls processor:
                TestVmx.Forbid(processor);
                break;
            case SecondaryControls secondary:
                TestVmx.Forbid(secondary);
                break;
            case ExitControls exit:
                TestVmx.Forbid(exit);
                break;
            case EntryControls entry:
                TestVmx.Forbid(entry);
                break;
            default:
                Assert.Fail("a control of none of the five fields");
                break;
        }

        Assert.Equal($"This processor's VT-x has no {name}.", new VmxVendor().FindObstacle());
    }

    [Theory]
    [InlineData(6, "This processor's EPT has no tables of four levels in write-back memory.")]
    [InlineData(14, "This processor's EPT has no tables of four levels in write-back memory.")]
    [InlineData(20, "This processor's VT-x has no INVEPT.")]
    [InlineData(25, null)]
    [InlineData(26, null)]
    [InlineData(32, null)]
    public void AMissingPartOfEpt_IsNamed(int bit, string? sentence)
    {
        TestVmx.Msrs[Msr.VmxEptVpidCapabilities] &= ~(1UL << bit);
        Assert.Equal(sentence, new VmxVendor().FindObstacle());
    }

    [Fact]
    public void Invept_OfNoType_IsNone()
    {
        TestVmx.Msrs[Msr.VmxEptVpidCapabilities] &= ~((1UL << 25) | (1UL << 26));
        Assert.Equal("This processor's VT-x has no INVEPT.", new VmxVendor().FindObstacle());
    }

    /// <summary>Where VMX_BASIC has bit 55 clear, the controls that are 1 by default are 1.</summary>
    [Fact]
    public void WithoutTrueControls_TheOldOnesAreRead()
    {
        TestVmx.Msrs[Msr.VmxBasic] &= ~(1UL << 55);
        TestVmx.Msrs[Msr.VmxPinControls] = 0x0000_007F_0000_0016;
        TestVmx.Msrs[Msr.VmxProcessorControls] = 0xFFF9_FFFE_0401_E172;
        TestVmx.Msrs[Msr.VmxExitControls] = 0x01FF_FFFF_0003_6DFF;
        TestVmx.Msrs[Msr.VmxEntryControls] = 0x0000_FFFF_0000_11FF;
        VmxVirtualCpu cpu = _machine.CreateCpu();
        var controls = (ProcessorControls)cpu.Vmcs.Read(VmcsField32.ProcessorControls);
        Assert.Equal(
            ProcessorControls.Cr3LoadExiting | ProcessorControls.Cr3StoreExiting,
            controls & (ProcessorControls.Cr3LoadExiting | ProcessorControls.Cr3StoreExiting));
        TestVmx.ExitWith(cpu, (ulong)VmxExitReason.Halt);
        Assert.Null(VmxEntryChecks.FindViolation(cpu.Vmcs, cpu.Capabilities, in cpu.Registers));
    }

    [Fact]
    public void TheControls_AreTheRequiredAndTheOptionalOnes()
    {
        VmxVirtualCpu cpu = _machine.CreateCpu();
        Assert.Equal(0x16u | (uint)(PinControls.Required | PinControls.Optional), Read(cpu, VmcsField32.PinControls));
        const ProcessorControls Priority = ProcessorControls.TprShadow | ProcessorControls.Cr8LoadExiting;
        Assert.Equal(0x0400_6172u | (uint)(ProcessorControls.Required | Priority),
            Read(cpu, VmcsField32.ProcessorControls));
        Assert.Equal((uint)(SecondaryControls.Required | SecondaryControls.Optional),
            Read(cpu, VmcsField32.SecondaryControls));
        Assert.Equal(0x0003_6DFBu | (uint)ExitControls.Required, Read(cpu, VmcsField32.ExitControls));
        Assert.Equal(0x11FBu | (uint)EntryControls.Required, Read(cpu, VmcsField32.EntryControls));
        Assert.Equal(ulong.MaxValue, cpu.Vmcs.Read(VmcsField64.VmcsLinkPointer));
        Assert.Equal(0x6_0002u, Read(cpu, VmcsField32.ExceptionBitmap));
    }

    [Theory]
    [InlineData(SecondaryControls.Rdtscp, null)]
    [InlineData(SecondaryControls.WbinvdExiting, null)]
    [InlineData(SecondaryControls.Invpcid, null)]
    [InlineData(SecondaryControls.PauseLoopExiting, VmcsField32.PauseLoopGap)]
    [InlineData(SecondaryControls.Xsaves, VmcsField64.XssExitingBitmap)]
    [InlineData(SecondaryControls.Vpid, VmcsField16.Vpid)]
    public void AnOptionalControl_CanBeMissing(SecondaryControls control, object? field)
    {
        TestVmx.Forbid(control);
        if (field != null)
        {
            _ = VmxInstructions.Absent.Add(Convert.ToUInt32(field, CultureInfo.InvariantCulture));
        }

        VmxVirtualCpu cpu = EnterWithoutObstacle();
        Assert.Equal((uint)((SecondaryControls.Required | SecondaryControls.Optional) & ~control),
            Read(cpu, VmcsField32.SecondaryControls));
    }

    [Fact]
    public void WithoutATprShadow_ReadsOfCr8Leave()
    {
        TestVmx.Forbid(ProcessorControls.TprShadow);
        VmxInstructions.Absent.UnionWith([(uint)VmcsField64.VirtualApicPage, (uint)VmcsField32.TprThreshold]);
        VmxVirtualCpu cpu = EnterWithoutObstacle();
        var controls = (ProcessorControls)Read(cpu, VmcsField32.ProcessorControls);
        Assert.Equal(ProcessorControls.Cr8StoreExiting,
            controls & (ProcessorControls.TprShadow | ProcessorControls.Cr8StoreExiting));
    }

    [Fact]
    public void ThePreemptionTimer_IsLoadedAnewAtEachEntry()
    {
        VmxVirtualCpu cpu = EnterWithoutObstacle();
        var exit = (ExitControls)Read(cpu, VmcsField32.ExitControls);
        Assert.Equal(ExitControls.None, exit & ExitControls.SavePreemptionTimer);
        Assert.Equal((uint)(cpu.Clock.ProcessorTimestampFrequency / 100) >> 5, Read(cpu, VmcsField32.PreemptionTimer));
    }

    [Fact]
    public void ThePreemptionTimer_CanBeMissing()
    {
        TestVmx.Forbid(PinControls.PreemptionTimer);
        _ = VmxInstructions.Absent.Add((uint)VmcsField32.PreemptionTimer);
        VmxVirtualCpu cpu = EnterWithoutObstacle();
        Assert.Equal(0x16u | (uint)PinControls.Required, Read(cpu, VmcsField32.PinControls));
    }

    [Theory]
    [InlineData(SecondaryControls.Rdtscp)]
    [InlineData(SecondaryControls.Invpcid)]
    [InlineData(SecondaryControls.Xsaves)]
    public void AGuest_IsOfferedOnlyWhatItCanExecute(SecondaryControls control)
    {
        var before = new VmxVendor();
        Assert.True(before is { HasTscAux: true, HasInvpcid: true, HasXsaves: true });
        TestVmx.Forbid(control);
        var vendor = new VmxVendor();
        Assert.Equal(control != SecondaryControls.Rdtscp, vendor.HasTscAux);
        Assert.Equal(control != SecondaryControls.Invpcid, vendor.HasInvpcid);
        Assert.Equal(control != SecondaryControls.Xsaves, vendor.HasXsaves);
    }

    [Fact]
    public void Features_AreInUseOrOnlyListed()
    {
        VirtualizationFeature[] features = new VmxVendor().Features.ToArray();
        Assert.True(features.Single(static feature => feature.Name == "VPID").IsUsed);
        Assert.False(features.Single(static feature => feature.Name == "monitor trap flag").IsUsed);
        TestVmx.Forbid(SecondaryControls.Vpid);
        Assert.DoesNotContain(new VmxVendor().Features.ToArray(), static feature => feature.Name == "VPID");
    }

    [Theory]
    [InlineData(0UL, 5UL)]
    [InlineData(5UL, 5UL)]
    public void SwitchingOn_LocksTheFeatureAndSetsTheFixedBits(ulong before, ulong after)
    {
        TestVmx.Msrs[Msr.FeatureControl] = before;
        FakeProcessor.Current.ControlRegisters[0] = 0x8005_0013;
        FakeProcessor.Current.ControlRegisters[4] = 0x620;
        ProcessorVirtualization? found =
            new VmxVendor().TryEnable(new TestMachine().Frames, new Processor(0, 0, null!));
        _ = Assert.IsType<VmxProcessor>(found);
        Assert.Equal(after, TestVmx.Msrs[Msr.FeatureControl]);
        Assert.Equal(0x8005_0033UL, Instructions.ReadCr0());
        Assert.Equal(0x4_2620UL, Instructions.ReadCr4());
    }

    [Theory]
    [InlineData(Msr.FsBase, true)]
    [InlineData(Msr.GsBase, true)]
    [InlineData(Msr.KernelGsBase, true)]
    [InlineData(Msr.Star, true)]
    [InlineData(Msr.LongStar, true)]
    [InlineData(Msr.CompatibilityStar, true)]
    [InlineData(Msr.SystemCallMask, true)]
    [InlineData(Msr.SysenterCs, true)]
    [InlineData(Msr.SysenterEsp, true)]
    [InlineData(Msr.SysenterEip, true)]
    [InlineData(Msr.Efer, false)]
    [InlineData(Msr.PageAttributeTable, false)]
    [InlineData(Msr.TimestampAuxiliary, false)]
    [InlineData(Msr.TimestampCounter, false)]
    [InlineData(Msr.SpeculationControl, false)]
    [InlineData(Msr.ApicBase, false)]
    [InlineData(Msr.DebugControl, false)]
    [InlineData(0u, false)]
    [InlineData(0x1FFFu, false)]
    [InlineData(0xC000_1FFFu, false)]
    public void AnMsr_LeavesUnlessItIsSwitched(uint msr, bool isOpen)
    {
        MsrBitmap? map = MsrBitmap.TryCreate(new TestMachine().Frames);
        Assert.NotNull(map);
        Assert.Equal(isOpen, !Leaves(map.Address, msr, 0));
        Assert.Equal(isOpen, !Leaves(map.Address, msr, 0x800));
    }

    [Theory]
    [InlineData(GuestAccess.All, 1, 0x1234_5037UL)]
    [InlineData(GuestAccess.All, 2, 0x1234_50B7UL)]
    [InlineData(GuestAccess.ReadExecute, 1, 0x1234_5035UL)]
    [InlineData(GuestAccess.Read, 1, 0x1234_5031UL)]
    [InlineData(GuestAccess.Write, 1, 0x1234_5030UL)]
    public void AnEptLeaf_IsWriteBackMemory(GuestAccess access, int level, ulong expected)
    {
        EptFormat format = default;
        ulong leaf = format.MakeLeaf(new HostPhysical(0x1234_5000), access, level);
        Assert.Equal(expected, leaf);
        Assert.Equal((access & GuestAccess.Read) != 0, format.IsPresent(leaf));
        Assert.True(format.IsLeaf(leaf, level));
        Assert.Equal(0x1234_5000UL, format.AddressOf(leaf, level).Value);
        Assert.Equal((access & GuestAccess.Read) != 0 ? access : GuestAccess.None, format.AccessOf(leaf));
    }

    [Fact]
    public void AnEptTable_AllowsAllAndHasNoType()
    {
        EptFormat format = default;
        ulong entry = format.MakeTable(new HostPhysical(0x1234_5000));
        Assert.Equal(0x1234_5007UL, entry);
        Assert.True(format.IsPresent(entry));
        Assert.False(format.IsLeaf(entry, 2));
        Assert.Equal(0x5EUL | 0x1234_5000, EptPointer.To(new HostPhysical(0x1234_5000), accessedDirty: true).Value);
        Assert.Equal(0x1EUL | 0x1234_5000, EptPointer.To(new HostPhysical(0x1234_5000), accessedDirty: false).Value);
    }

    private VmxVirtualCpu EnterWithoutObstacle()
    {
        Assert.Null(new VmxVendor().FindObstacle());
        VmxVirtualCpu cpu = _machine.CreateCpu();
        TestVmx.ExitWith(cpu, (ulong)VmxExitReason.Halt);
        Assert.Equal(ExitKind.Halt, cpu.Exit.Kind);
        return cpu;
    }

    private static uint Read(VmxVirtualCpu cpu, VmcsField32 field) => cpu.Vmcs.Read(field);

    /// <summary>SDM volume 3, 25.6.9: reads of 0h and of C000_0000h, then, 2048 bytes on, writes.</summary>
    private static bool Leaves(HostPhysical map, uint msr, uint half)
    {
        uint bit = ((half + (msr >= 0xC000_0000 ? 0x400u : 0)) * 8) + (msr & 0x1FFF);
        return ((new TablePage(map)[(int)(bit / 64)] >> (int)(bit % 64)) & 1) != 0;
    }
}

// SPDX-License-Identifier: MIT
using System;
using Hypervisor.Memory;
using Hypervisor.Platform;
using Hypervisor.Unit.Devices;
using Hypervisor.Virtualization;
using Hypervisor.Virtualization.Svm;
using Hypervisor.Virtualization.Vmx;
using Hypervisor.X64;
using Xunit;

namespace Hypervisor.Unit.Virtualization;

/// <summary>A TSC of another rate than the processor's: by the processor where it can, else by exits.</summary>
public sealed unsafe class TimestampScalingTests
{
    private const SvmIntercepts BothReads = SvmIntercepts.Rdtsc | SvmIntercepts.Rdtscp;
    private const uint SvmScaling = 1 << 4;

    /// <summary>2 / 3.</summary>
    private static readonly ClockRatio s_ratio = new(2_000_000_000, 3_000_000_000);

    [Fact]
    public void VtX_MultipliesByTheFieldWith48BitsOfFraction()
    {
        VmxVirtualCpu cpu = new TestVmx().CreateCpu();
        cpu.ScaleTimestamp(s_ratio);
        cpu.ClockOffset = 1000;
        cpu.TimestampAdjust = 24;
        Assert.Equal(0x0000_AAAA_AAAA_0000UL, cpu.Vmcs.Read(VmcsField64.TscMultiplier));
        Assert.Equal(1024UL, cpu.Vmcs.Read(VmcsField64.TscOffset));
        Assert.Equal((uint)(SecondaryControls.Required | SecondaryControls.Optional | SecondaryControls.TscScaling),
            cpu.Vmcs.Read(VmcsField32.SecondaryControls));
        Assert.False(LeavesAtReads(cpu));
        AssertEnterable(cpu);
    }

    [Fact]
    public void VtXWithoutScaling_LeavesAtReads()
    {
        var machine = new TestVmx();
        TestVmx.Forbid(SecondaryControls.TscScaling);
        _ = VmxInstructions.Absent.Add((uint)VmcsField64.TscMultiplier);
        VmxVirtualCpu cpu = machine.CreateCpu();
        Assert.False(LeavesAtReads(cpu));
        cpu.ScaleTimestamp(s_ratio);
        Assert.True(LeavesAtReads(cpu));
        Assert.Equal((uint)(SecondaryControls.Required | SecondaryControls.Optional),
            cpu.Vmcs.Read(VmcsField32.SecondaryControls));
        AssertEnterable(cpu);
    }

    /// <summary>The register holds the ratio of the vCPU that the processor holds, 1 for one that needs none.</summary>
    [Fact]
    public void AmdV_MultipliesByTheRegisterWith32BitsOfFraction()
    {
        SvmProcessor processor = StartSvm(SvmScaling);
        SvmVirtualCpu scaled = CreateSvm(processor, 0x5000);
        SvmVirtualCpu native = CreateSvm(processor, 0x4000);
        scaled.ScaleTimestamp(s_ratio);
        scaled.Run();
        Assert.Equal(0xAAAA_AAAAUL, FakeProcessor.Current.Msrs[Msr.TimestampRatio]);
        Assert.Equal(SvmIntercepts.None, scaled.Vmcb->Intercepts & BothReads);
        native.Run();
        Assert.Equal(1UL << 32, FakeProcessor.Current.Msrs[Msr.TimestampRatio]);
        scaled.Run();
        Assert.Equal(0xAAAA_AAAAUL, FakeProcessor.Current.Msrs[Msr.TimestampRatio]);
    }

    [Fact]
    public void AmdVWithoutScaling_LeavesAtReads()
    {
        SvmVirtualCpu cpu = CreateSvm(StartSvm(0), 0x5000);
        Assert.Equal(SvmIntercepts.None, cpu.Vmcb->Intercepts & BothReads);
        cpu.Vmcb->Clean = VmcbClean.All;
        cpu.ScaleTimestamp(s_ratio);
        cpu.Run();
        Assert.Equal(BothReads, cpu.Vmcb->Intercepts & BothReads);
        Assert.DoesNotContain(Msr.TimestampRatio, FakeProcessor.Current.Msrs);
    }

    /// <summary>8 bits before the point are too few for 256, and the others of the register must be 0.</summary>
    [Theory]
    [InlineData(255UL, true)]
    [InlineData(256UL, false)]
    public void AmdV_HasALargestRatio(ulong times, bool isScaled)
    {
        SvmVirtualCpu cpu = CreateSvm(StartSvm(SvmScaling), 0x5000);
        cpu.ScaleTimestamp(new ClockRatio(times, 1));
        cpu.Run();
        Assert.Equal(isScaled ? times << 32 : 1UL << 32, FakeProcessor.Current.Msrs[Msr.TimestampRatio]);
        Assert.Equal(isScaled ? SvmIntercepts.None : BothReads, cpu.Vmcb->Intercepts & BothReads);
    }

    /// <summary>After a write of the counter the sum stands for the same moment as the value.</summary>
    [Fact]
    public void AWriteOfTheCounter_MovesTheOffsetInTheGuestsTicks()
    {
        var clock = new TestClock();
        var cpu = new FakeCpu { Clock = clock, ClockOffset = 500 };
        clock.Advance(1_000_000);
        Assert.True(cpu.Msrs.TryWrite(cpu, Msr.TimestampCounter, 7_000_000));
        clock.Advance(1000);
        Assert.True(cpu.Msrs.TryRead(cpu, Msr.TimestampCounter, out ulong now));
        Assert.Equal(7_002_000UL, now);
        Assert.Equal(500UL + 7_000_000 - 2_000_000, cpu.Offset);
    }

    private static bool LeavesAtReads(VmxVirtualCpu cpu) =>
        ((ProcessorControls)cpu.Vmcs.Read(VmcsField32.ProcessorControls) & ProcessorControls.RdtscExiting) != 0;

    private static void AssertEnterable(VmxVirtualCpu cpu)
    {
        TestVmx.ExitWith(cpu, (ulong)VmxExitReason.Halt);
        Assert.Null(VmxEntryChecks.FindViolation(cpu.Vmcs, cpu.Capabilities, in cpu.Registers));
    }

    private static SvmProcessor StartSvm(uint features)
    {
        FakeProcessor processor = FakeProcessor.Reset();
        SvmEntry.Guest = static (vmcb, _) => vmcb->ExitCode = 0x60;
        processor.CpuidLeaves[(0x8000_0000, 0)] = new CpuidResult(0x8000_001F, 0, 0, 0);
        processor.CpuidLeaves[(0x8000_0001, 0)] = new CpuidResult(0, 0, 4, 0);
        processor.CpuidLeaves[(0x8000_000A, 0)] = new CpuidResult(1, 16, 0, 1 | features);
        return new SvmProcessor(new Processor(0, 0, null!), new HostPhysical(0x3000), 16);
    }

    private static SvmVirtualCpu CreateSvm(SvmProcessor processor, ulong vmcb)
    {
        var control = new SvmControl(new HostPhysical(vmcb), new HostPhysical(0x6000), new HostPhysical(0x9000));
        return new SvmVirtualCpu(0, new SvmVendor(), new FakeMap(), new CpuidModel(default), in control)
        {
            Processor = processor,
        };
    }
}

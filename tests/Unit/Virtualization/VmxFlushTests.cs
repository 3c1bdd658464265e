// SPDX-License-Identifier: MIT
using Hypervisor.Platform;
using Hypervisor.Virtualization.Vmx;
using Hypervisor.X64;
using Xunit;

namespace Hypervisor.Unit.Virtualization;

/// <summary>VPIDs, INVVPID and INVEPT, and the way of a VMCS from one processor to another.</summary>
public sealed class VmxFlushTests
{
    private const string AllIdentifiers = "vpid 2 0";
    private const string OnePointer = "ept 1 5E";
    private const ulong SingleInvept = 1UL << 25;
    private const ulong SingleInvvpid = 1UL << 41;
    private const ulong AllInvvpid = 1UL << 42;
    private const ulong Invvpid = 1UL << 32;
    private const uint IdentifierCount = 1 << 16;

    private readonly TestVmx _machine = new();

    [Fact]
    public void TheFirstEntry_FlushesAll_AndTheNextNothing()
    {
        VmxVirtualCpu cpu = _machine.CreateCpu();
        Enter(cpu);
        Assert.Equal([AllIdentifiers, OnePointer], VmxInstructions.Flushes);
        Assert.Equal(1, cpu.Vmcs.Read(VmcsField16.Vpid));
        Assert.Equal([], FlushesOfEntry(cpu));
    }

    [Fact]
    public void AFlushOfTheGuests_IsOneOfItsIdentifier()
    {
        VmxVirtualCpu cpu = CreateEntered();
        cpu.FlushTlb();
        Assert.Equal(["vpid 1 1"], FlushesOfEntry(cpu));
        Assert.Equal([], FlushesOfEntry(cpu));
    }

    [Fact]
    public void AChangeOfTheMap_IsAFlushOfItsPointer()
    {
        VmxVirtualCpu cpu = CreateEntered();
        int before = cpu.AcknowledgedGeneration;
        _machine.Map.Change();
        Assert.Equal(before, cpu.AcknowledgedGeneration);
        Assert.Contains(OnePointer, FlushesOfEntry(cpu));
        Assert.Equal(_machine.Map.Generation, cpu.AcknowledgedGeneration);
        Assert.Equal([], FlushesOfEntry(cpu));
    }

    [Fact]
    public void WithoutSingleInvept_AllPointersAreFlushed()
    {
        TestVmx.Msrs[Msr.VmxEptVpidCapabilities] &= ~SingleInvept;
        VmxVirtualCpu cpu = CreateEntered();
        _machine.Map.Change();
        Assert.Contains("ept 2 0", FlushesOfEntry(cpu));
    }

    [Fact]
    public void WithoutIdentifiers_EntriesFlushThemselves()
    {
        TestVmx.Forbid(SecondaryControls.Vpid);
        AssertNoIdentifiers();
    }

    [Fact]
    public void WithoutInvvpid_ThereAreNoIdentifiers()
    {
        TestVmx.Msrs[Msr.VmxEptVpidCapabilities] &= ~Invvpid;
        AssertNoIdentifiers();
    }

    [Fact]
    public void WithoutSingleInvvpid_AFlushIsANewIdentifier()
    {
        TestVmx.Msrs[Msr.VmxEptVpidCapabilities] &= ~SingleInvvpid;
        VmxVirtualCpu cpu = CreateEntered();
        cpu.FlushTlb();
        Assert.Equal([], FlushesOfEntry(cpu));
        Assert.Equal(2, cpu.Vmcs.Read(VmcsField16.Vpid));
    }

    [Fact]
    public void WithoutAllInvvpid_OneIsFlushedByItsNumber()
    {
        TestVmx.Msrs[Msr.VmxEptVpidCapabilities] &= ~AllInvvpid;
        VmxVirtualCpu cpu = _machine.CreateCpu();
        Enter(cpu);
        Assert.Equal(["vpid 1 1", OnePointer], VmxInstructions.Flushes);
        cpu.FlushTlb();
        Assert.Equal(["vpid 1 1"], FlushesOfEntry(cpu));
    }

    [Fact]
    public void WhenIdentifiersRunOut_AllAreFlushedAndAllGetNewOnes()
    {
        TestVmx.Msrs[Msr.VmxEptVpidCapabilities] &= ~SingleInvvpid;
        VmxVirtualCpu first = CreateEntered();
        VmxVirtualCpu second = _machine.CreateCpu(0x7000);
        Enter(second);
        Assert.Equal(2, second.Vmcs.Read(VmcsField16.Vpid));
        for (uint used = 2; used < IdentifierCount - 1; used++)
        {
            _ = _machine.Processor.Vpids.Allocate(out _);
        }

        second.FlushTlb();
        Assert.Equal([AllIdentifiers], FlushesOfEntry(second));
        Assert.Equal(1, second.Vmcs.Read(VmcsField16.Vpid));
        first.BeginSlice();
        Assert.Equal([], FlushesOfEntry(first));
        Assert.Equal(2, first.Vmcs.Read(VmcsField16.Vpid));
    }

    [Fact]
    public void TwoVcpus_TakeTheProcessorInTurns_WithoutAFlush()
    {
        VmxVirtualCpu first = CreateEntered();
        VmxVirtualCpu second = _machine.CreateCpu(0x7000);
        Enter(second);
        first.BeginSlice();
        Assert.Equal([], FlushesOfEntry(first));
        Assert.Equal(TestVmx.VmcsAddress, VmxInstructions.CurrentPointer());
        second.BeginSlice();
        Assert.Equal([], FlushesOfEntry(second));
    }

    [Fact]
    public void AVcpuThatMoves_IsClearedThere_AndLaunchedAndFlushedHere()
    {
        VmxVirtualCpu cpu = CreateEntered();
        Assert.Equal(1u, cpu.Context.IsLaunched);
        VmxInstructions.Moves.Clear();
        cpu.Detach();
        Assert.Equal(["clear 5000"], VmxInstructions.Moves);
        Assert.Equal(0u, cpu.Context.IsLaunched);
        Assert.Equal(VmxInstructions.NoPointer, VmxInstructions.CurrentPointer());

        var other = new VmxProcessor(new Processor(1, 1, null!));
        FakeProcessor.Current.ControlRegisters[3] = 0x7000;
        _ = other.Vpids.Allocate(out _);
        cpu.Processor = other;
        cpu.BeginSlice();
        Assert.Equal([OnePointer], FlushesOfEntry(cpu));
        Assert.Equal(2, cpu.Vmcs.Read(VmcsField16.Vpid));
        Assert.Equal(0x7000UL, cpu.Vmcs.Read(VmcsFieldNatural.HostCr3));
        Assert.Equal(other.Processor.Descriptors.TaskStateAddress, cpu.Vmcs.Read(VmcsFieldNatural.HostTrBase));
    }

    [Fact]
    public void TheDataCache_IsFlushedForAnotherVcpu_WhereItLeaks()
    {
        FakeProcessor.Current.CpuidLeaves[(7, 0)] = new CpuidResult(0, 0, 0, 1 << 28);
        VmxVirtualCpu cpu = CreateEntered();
        Assert.Equal(1UL, TestVmx.Msrs[Msr.FlushCommand]);
        TestVmx.Msrs[Msr.FlushCommand] = 0;
        Enter(cpu);
        Assert.Equal(0UL, TestVmx.Msrs[Msr.FlushCommand]);
        _machine.CreateCpu(0x7000).Run();
        Assert.Equal(1UL, TestVmx.Msrs[Msr.FlushCommand]);
    }

    private void AssertNoIdentifiers()
    {
        _ = VmxInstructions.Absent.Add((uint)VmcsField16.Vpid);
        VmxVirtualCpu cpu = _machine.CreateCpu();
        Enter(cpu);
        Assert.Equal([OnePointer], VmxInstructions.Flushes);
        cpu.FlushTlb();
        Assert.Equal([], FlushesOfEntry(cpu));
        var secondary = (SecondaryControls)cpu.Vmcs.Read(VmcsField32.SecondaryControls);
        Assert.Equal(SecondaryControls.None, secondary & SecondaryControls.Vpid);
    }

    private VmxVirtualCpu CreateEntered()
    {
        VmxVirtualCpu cpu = _machine.CreateCpu();
        Enter(cpu);
        return cpu;
    }

    private static void Enter(VmxVirtualCpu cpu) => TestVmx.ExitWith(cpu, (ulong)VmxExitReason.Halt);

    private static string[] FlushesOfEntry(VmxVirtualCpu cpu)
    {
        VmxInstructions.Flushes.Clear();
        Enter(cpu);
        return [.. VmxInstructions.Flushes];
    }
}

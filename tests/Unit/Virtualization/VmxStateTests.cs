// SPDX-License-Identifier: MIT
using Hypervisor.Memory;
using Hypervisor.Virtualization;
using Hypervisor.Virtualization.Vmx;
using Hypervisor.X64;
using Xunit;

namespace Hypervisor.Unit.Virtualization;

/// <summary>The guest's registers in a VMCS: masks and shadows, what goes with EFER, PDPTEs, segments.</summary>
public sealed class VmxStateTests
{
    private const ulong OwnedByGuest = 0x8005_000F;

    private readonly VmxVirtualCpu _cpu = new TestVmx().CreateCpu();

    [Fact]
    public void Cr0_ShowsTheGuestWhatItWrote_AndTheProcessorWhatVmxWants()
    {
        Assert.Equal(~OwnedByGuest, Read(VmcsFieldNatural.Cr0Mask));
        _cpu.WriteState(StateRegister.Cr0, 0x6000_0010);
        Assert.Equal(0x30UL, Read(VmcsFieldNatural.GuestCr0));
        Assert.Equal(0x6000_0010UL, Read(VmcsFieldNatural.Cr0Shadow));
        Assert.Equal(0x6000_0010UL, _cpu.ReadState(StateRegister.Cr0));
    }

    [Fact]
    public void Cr0_HasBitsThatTheGuestChangesItself()
    {
        _cpu.WriteState(StateRegister.Cr0, 0x6000_0010);
        _cpu.Vmcs.Write(VmcsFieldNatural.GuestCr0, 0x30 | OwnedByGuest);
        Assert.Equal(0x6000_0010 | OwnedByGuest, _cpu.ReadState(StateRegister.Cr0));
    }

    [Fact]
    public void Cr4_HidesThatVmxIsOn()
    {
        Assert.Equal(ulong.MaxValue, Read(VmcsFieldNatural.Cr4Mask));
        _cpu.WriteState(StateRegister.Cr4, 0x6A0);
        Assert.Equal(0x26A0UL, Read(VmcsFieldNatural.GuestCr4) & 0x26A0);
        Assert.Equal(0x6A0UL, Read(VmcsFieldNatural.Cr4Shadow));
        Assert.Equal(0x6A0UL, _cpu.ReadState(StateRegister.Cr4));
    }

    [Fact]
    public void Efer_SwitchesTheControlForLongMode()
    {
        _cpu.WriteState(StateRegister.Efer, 0x100);
        Assert.False(IsLongMode());
        _cpu.WriteState(StateRegister.Efer, 0xD01);
        Assert.True(IsLongMode());
        Assert.Equal(0xD01UL, _cpu.ReadState(StateRegister.Efer));
        _cpu.WriteState(StateRegister.Efer, 0x901);
        Assert.False(IsLongMode());
    }

    [Theory]
    [InlineData(StateRegister.Cr3, VmcsFieldNatural.GuestCr3)]
    [InlineData(StateRegister.Dr7, VmcsFieldNatural.GuestDr7)]
    [InlineData(StateRegister.FsBase, VmcsFieldNatural.GuestFsBase)]
    [InlineData(StateRegister.GsBase, VmcsFieldNatural.GuestGsBase)]
    [InlineData(StateRegister.SysenterEsp, VmcsFieldNatural.GuestSysenterEsp)]
    [InlineData(StateRegister.SysenterEip, VmcsFieldNatural.GuestSysenterEip)]
    public void ARegister_HasItsField(StateRegister register, VmcsFieldNatural field)
    {
        _cpu.WriteState(register, 0x1234_5000);
        Assert.Equal(0x1234_5000UL, Read(field));
        _cpu.Vmcs.Write(field, 0x6789_A000);
        Assert.Equal(0x6789_A000UL, _cpu.ReadState(register));
    }

    /// <summary>They stay in the processor while the vCPU is the last that ran there.</summary>
    [Theory]
    [InlineData(StateRegister.Star, Msr.Star)]
    [InlineData(StateRegister.LongStar, Msr.LongStar)]
    [InlineData(StateRegister.CompatStar, Msr.CompatibilityStar)]
    [InlineData(StateRegister.SyscallMask, Msr.SystemCallMask)]
    [InlineData(StateRegister.KernelGsBase, Msr.KernelGsBase)]
    public void ALiveRegister_IsInTheProcessorWhileTheVcpuIs(StateRegister register, uint msr)
    {
        _cpu.WriteState(register, 0x1000);
        Assert.False(TestVmx.Msrs.ContainsKey(msr));
        TestVmx.ExitWith(_cpu, (ulong)VmxExitReason.Halt);
        Assert.Equal(0x1000UL, TestVmx.Msrs[msr]);
        TestVmx.Msrs[msr] = 0x2000;
        Assert.Equal(0x2000UL, _cpu.ReadState(register));
        _cpu.Detach();
        TestVmx.Msrs[msr] = 0x3000;
        Assert.Equal(0x2000UL, _cpu.ReadState(register));
    }

    [Fact]
    public void Cr2_IsTheEntryCodesToSwitch()
    {
        _cpu.WriteState(StateRegister.Cr2, 0x1234);
        VmxEntry.Guest = static (ref VmxContext context, ref GuestRegisters _) =>
        {
            Assert.Equal(0x1234UL, context.GuestCr2);
            context.GuestCr2 = 0x5678;
            context.ExitReason = (ulong)VmxExitReason.Halt;
        };
        _cpu.Run();
        Assert.Equal(0x5678UL, _cpu.ReadState(StateRegister.Cr2));
    }

    [Fact]
    public void Pdptes_ComeFromTheTableOfCr3()
    {
        GuestMemory memory = HostGuestMemory.Create(0x1_0000);
        _cpu.Memory = memory;
        for (ulong index = 0; index < 4; index++)
        {
            Assert.True(memory.TryWrite(new GuestPhysical(0x2020 + (8 * index)), ((index + 3) << 12) | 1));
        }

        Assert.True(_cpu.TryLoadPageDirectoryPointers(0xFFFF_0000_0000_203F));
        Assert.Equal(0x3001UL, _cpu.Vmcs.Read(VmcsField64.GuestPdpte0));
        Assert.Equal(0x4001UL, _cpu.Vmcs.Read(VmcsField64.GuestPdpte1));
        Assert.Equal(0x5001UL, _cpu.Vmcs.Read(VmcsField64.GuestPdpte2));
        Assert.Equal(0x6001UL, _cpu.Vmcs.Read(VmcsField64.GuestPdpte3));
    }

    [Theory]
    [InlineData(0x7002UL, true)]
    [InlineData(0x7019UL, true)]
    [InlineData(0x7003UL, false)]
    [InlineData(0x7021UL, false)]
    [InlineData(0x7101UL, false)]
    [InlineData(0x8000_0000_0000_7001UL, false)]
    [InlineData(0x10_0000_7001UL, false)]
    public void Pdptes_WithReservedBits_AreRefusedAndLeaveTheOldOnes(ulong entry, bool isValid)
    {
        GuestMemory memory = HostGuestMemory.Create(0x1_0000);
        _cpu.Memory = memory;
        Assert.True(memory.TryWrite(new GuestPhysical(0x2018), entry));
        _cpu.Vmcs.Write(VmcsField64.GuestPdpte3, 0x9001);
        Assert.Equal(isValid, _cpu.TryLoadPageDirectoryPointers(0x2000));
        Assert.Equal(isValid ? entry : 0x9001, _cpu.Vmcs.Read(VmcsField64.GuestPdpte3));
    }

    [Fact]
    public void Pdptes_OutsideOfMemory_AreRefused()
    {
        _cpu.Memory = HostGuestMemory.Create(0x1_0000);
        Assert.False(_cpu.TryLoadPageDirectoryPointers(0x2_0000));
    }

    [Theory]
    [InlineData(SegmentRegister.Es, SegmentState.FlatData, 0xC093u)]
    [InlineData(SegmentRegister.Cs, SegmentState.FlatCode64, 0xA09Bu)]
    [InlineData(SegmentRegister.Ss, SegmentState.RealModeData, 0x93u)]
    [InlineData(SegmentRegister.Gs, 0x1F3, 0x10F3u)]
    [InlineData(SegmentRegister.Ldtr, SegmentState.LocalDescriptorTable, 0x82u)]
    [InlineData(SegmentRegister.Tr, SegmentState.BusyTaskState, 0x8Bu)]
    [InlineData(SegmentRegister.Ds, SegmentState.Unusable, 0x1_0000u)]
    [InlineData(SegmentRegister.Ss, 0x60, 0x1_0060u)]
    public void ASegment_GoesBothWays(SegmentRegister register, ushort attributes, uint rights)
    {
        _cpu.WriteSegment(register, new SegmentState(0x1238, 0x1234_5678, 0xFFFFF, attributes));
        uint offset = (uint)register * 2;
        Assert.Equal(0x1238, _cpu.Vmcs.Read(VmcsField16.GuestEsSelector + offset));
        Assert.Equal(0x1234_5678UL, Read(VmcsFieldNatural.GuestEsBase + offset));
        Assert.Equal(0xFFFFFu, _cpu.Vmcs.Read(VmcsField32.GuestEsLimit + offset));
        Assert.Equal(rights, _cpu.Vmcs.Read(VmcsField32.GuestEsRights + offset));
        SegmentState read = _cpu.ReadSegment(register);
        Assert.Equal(0x1238, read.Selector);
        Assert.Equal(0x1234_5678UL, read.Base);
        Assert.Equal(0xFFFFFu, read.Limit);
        Assert.Equal(attributes, read.Attributes);
    }

    /// <summary>The processor keeps the rights of a segment that cannot be used; for us it is not present.</summary>
    [Fact]
    public void AnUnusableSegment_IsNotPresent()
    {
        _cpu.Vmcs.Write(VmcsField32.GuestSsRights, 0x1_C0F3);
        Assert.False(_cpu.ReadSegment(SegmentRegister.Ss).IsPresent);
        Assert.Equal(3, _cpu.PrivilegeLevel);
    }

    [Theory]
    [InlineData(SegmentRegister.Gdtr, VmcsFieldNatural.GuestGdtrBase, VmcsField32.GuestGdtrLimit)]
    [InlineData(SegmentRegister.Idtr, VmcsFieldNatural.GuestIdtrBase, VmcsField32.GuestIdtrLimit)]
    public void ATable_HasBaseAndLimit(SegmentRegister register, VmcsFieldNatural start, VmcsField32 limit)
    {
        _cpu.WriteSegment(register, new SegmentState(0, 0x1234_5678, 0xFFF, 0));
        Assert.Equal(0x1234_5678UL, Read(start));
        Assert.Equal(0xFFFu, _cpu.Vmcs.Read(limit));
        SegmentState read = _cpu.ReadSegment(register);
        Assert.Equal(0x1234_5678UL, read.Base);
        Assert.Equal(0xFFFu, read.Limit);
    }

    [Fact]
    public void TheFetchMode_ChangesWithWhatDecidesIt()
    {
        TestVmx.EnterLongMode(_cpu);
        _cpu.Capture(out FetchMode mode);
        Assert.True(_cpu.IsIn(in mode));
        _cpu.WriteState(StateRegister.Cr3, 0x2000);
        Assert.False(_cpu.IsIn(in mode));
        _cpu.WriteState(StateRegister.Cr3, 0x1000);
        Assert.True(_cpu.IsIn(in mode));
        _cpu.WriteSegment(SegmentRegister.Cs, new SegmentState(8, 0, uint.MaxValue, SegmentState.FlatCode32));
        Assert.False(_cpu.IsIn(in mode));
    }

    private ulong Read(VmcsFieldNatural field) => _cpu.Vmcs.Read(field);

    private bool IsLongMode() =>
        ((EntryControls)_cpu.Vmcs.Read(VmcsField32.EntryControls) & EntryControls.LongMode) != 0;
}

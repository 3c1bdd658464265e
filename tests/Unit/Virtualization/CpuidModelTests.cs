// SPDX-License-Identifier: MIT
using Hypervisor.Virtualization;
using Hypervisor.X64;
using Xunit;

namespace Hypervisor.Unit.Virtualization;

/// <summary>What guests are told, on a machine that has everything.</summary>
public sealed class CpuidModelTests
{
    private const uint Everything = uint.MaxValue;

    private readonly CpuidModel _model;

    public CpuidModelTests()
    {
        FakeProcessor processor = FakeProcessor.Reset();
        processor.CpuidLeaves[(0, 0)] = new CpuidResult(0x20, 0x6874_7541, 0x444D_4163, 0x6974_6E65);
        processor.CpuidLeaves[(1, 0)] = new CpuidResult(0x0080_0F12, Everything, Everything, Everything);
        processor.CpuidLeaves[(7, 0)] = new CpuidResult(0, Everything, Everything, Everything);
        processor.CpuidLeaves[(0xD, 0)] = new CpuidResult(7, 832, 832, 0);
        processor.CpuidLeaves[(0xD, 1)] = new CpuidResult(0xF, 832, 0, 0);
        processor.CpuidLeaves[(0xD, 2)] = new CpuidResult(256, 576, 0, 0);
        processor.CpuidLeaves[(0x8000_0000, 0)] = new CpuidResult(0x8000_0021, 0x6874_7541, 0x444D_4163, 0x6974_6E65);
        processor.CpuidLeaves[(0x8000_0001, 0)] = new CpuidResult(0x0080_0F12, 0, Everything, Everything);
        processor.CpuidLeaves[(0x8000_0007, 0)] = new CpuidResult(0, 0, 0, 0x100);
        processor.CpuidLeaves[(0x8000_0008, 0)] = new CpuidResult(0x3028, Everything, 0, 0);
        _model = CpuidModelBuilder.Build(new FakeVendor(),
            new CpuidPolicy { CpuCount = 4, TimestampFrequency = 2_500_000_000 });
    }

    [Fact]
    public void Virtualization_IsHidden()
    {
        Assert.Equal(0u, _model.Read(1).Ecx & (1 << 5));
        Assert.Equal(0u, _model.Read(0x8000_0001).Ecx & (1 << 2));
        Assert.Equal(0u, _model.Read(0x8000_000A).Edx);
        Assert.Equal(0u, _model.Read(1).Ecx & (1 << 3));
    }

    [Fact]
    public void TheHypervisor_IsAnnouncedInKvmsWords()
    {
        Assert.NotEqual(0u, _model.Read(1).Ecx & (1u << 31));
        CpuidResult signature = _model.Read(0x4000_0000);
        Assert.Equal(0x4B4D_564Bu, signature.Ebx);
        Assert.Equal(0x564B_4D56u, signature.Ecx);
        Assert.Equal(0x4Du, signature.Edx);
        Assert.Equal((1u << 24) | (1u << 3) | (1u << 1), _model.Read(0x4000_0001).Eax);
        Assert.Equal(2_500_000u, _model.Read(0x4000_0010).Eax);
    }

    [Fact]
    public void Avx512AndKeys_FollowTheExtendedState()
    {
        Assert.Equal(0u, _model.Read(7).Ebx & (1 << 16));
        Assert.Equal(0u, _model.Read(7).Ecx & (1 << 3));
        Assert.NotEqual(0u, _model.Read(7).Ebx & (1 << 5));
        Assert.Equal(0u, _model.Read(0xD, 1).Eax & (1 << 3));
        Assert.Equal(832u, _model.Read(0xD).Ecx);
    }

    [Fact]
    public void CompareExchange16_IsOfferedOnlyWhereItIsSound()
    {
        const uint Bit = 1 << 13;
        CpuidModel without = CpuidModelBuilder.Build(
            new FakeVendor { IsCompareExchange16Sound = false }, new CpuidPolicy());
        Assert.Equal(Bit, _model.Read(1).Ecx & Bit);
        Assert.Equal(0u, without.Read(1).Ecx & Bit);
        Assert.Equal(_model.Read(1).Ecx & ~Bit, without.Read(1).Ecx);
    }

    [Fact]
    public void TheTimestampLeaf_GivesTheRate()
    {
        CpuidResult leaf = _model.Read(0x15);
        Assert.Equal(2_500_000_000UL, (ulong)leaf.Ecx * leaf.Ebx / leaf.Eax);
    }

    [Fact]
    public void Topology_HasFourCores()
    {
        Assert.Equal(4u, _model.Read(0xB, 1).Ebx);
        Assert.Equal(2u, _model.Read(0xB, 1).Eax);
        Assert.Equal(3u, _model.Read(0x8000_0008).Ecx & 0xFF);
    }

    [Fact]
    public void Execute_FillsInWhatIsTheCpusOwn()
    {
        var cpu = new FakeCpu(2);
        cpu.WriteState(StateRegister.Cr4, new Cr4 { XsaveEnable = true }.Value);
        cpu.Registers.Rax = 1;
        _model.Execute(cpu);
        Assert.Equal(2UL, cpu.Registers.Rbx >> 24);
        Assert.NotEqual(0UL, cpu.Registers.Rcx & (1 << 27));
        cpu.Registers.Rax = 0xB;
        cpu.Registers.Rcx = 1;
        _model.Execute(cpu);
        Assert.Equal(2UL, cpu.Registers.Rdx);
    }

    [Fact]
    public void UnknownLeaves_ReadAsZeros()
    {
        var cpu = new FakeCpu();
        cpu.Registers.Rax = 0x1234_5678;
        cpu.Registers.Rbx = 5;
        _model.Execute(cpu);
        Assert.Equal(0UL, cpu.Registers.Rax | cpu.Registers.Rbx | cpu.Registers.Rcx | cpu.Registers.Rdx);
    }

    [Fact]
    public void Cr4_AllowsWhatCpuidOffers()
    {
        var allowed = new Cr4(_model.AllowedCr4);
        Assert.True(allowed.XsaveEnable && allowed.SupervisorAccessPrevention && allowed.FsGsBaseEnable);
        Assert.False(allowed.VmxEnable || allowed.ControlFlowEnforcement || allowed.FiveLevelPaging);
    }
}

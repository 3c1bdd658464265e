// SPDX-License-Identifier: MIT
using Hypervisor.Memory;
using Hypervisor.Virtualization;
using Hypervisor.Virtualization.Emulation;
using Hypervisor.X64;
using Xunit;

namespace Hypervisor.Unit.Virtualization;

/// <summary>The walk through a guest's own page tables: every mode, rights, and the accessed and dirty bits.</summary>
public sealed class GuestPageWalkerTests
{
    private const ulong Present = 1;
    private const ulong Writable = 2;
    private const ulong User = 4;
    private const ulong Accessed = 0x20;
    private const ulong Dirty = 0x40;
    private const ulong Large = 0x80;
    private const ulong NoExecute = 1UL << 63;
    private const ulong Root = 0x1000;

    private readonly TestVm _vm = new();

    private FakeCpu Cpu => _vm.Cpu;

    [Fact]
    public void WithoutPaging_LinearIsPhysical()
    {
        _vm.EnterRealMode(0);
        Assert.True(Walk(0x12345, WalkAccess.Read, false, out ulong physical, out _));
        Assert.Equal(0x12345UL, physical);
    }

    [Fact]
    public void FourLevels_OfSmallPages()
    {
        MapSmall(Present | Writable | User);
        Assert.True(Walk(0x12345, WalkAccess.Write, true, out ulong physical, out _));
        Assert.Equal(0x77_7345UL, physical);
        Assert.Equal(Accessed | Dirty, Read(0x4000 + (0x12 * 8)) & (Accessed | Dirty));
        Assert.Equal(Accessed, Read(0x3000) & (Accessed | Dirty));
    }

    [Fact]
    public void ARead_DoesNotMakeThePageDirty()
    {
        MapSmall(Present | Writable | User);
        Assert.True(Walk(0x12345, WalkAccess.Read, true, out _, out _));
        Assert.Equal(Accessed, Read(0x4000 + (0x12 * 8)) & (Accessed | Dirty));
    }

    [Theory]
    [InlineData(0UL, false, false, false, 0u)]
    [InlineData(Present | User, true, true, false, 7u)]
    [InlineData(Present | User, false, true, false, 3u)]
    [InlineData(Present | Writable, true, false, false, 5u)]
    [InlineData(Present | Writable | User | NoExecute, true, false, true, 0x15u)]
    public void Refusals_HaveTheirErrorCode(ulong rights, bool isUser, bool isWrite, bool isFetch, uint expected)
    {
        Cpu.WriteState(StateRegister.Efer,
            new Efer { LongModeEnable = true, LongModeActive = true, NoExecuteEnable = true }.Value);
        MapSmall(rights);
        WalkAccess access = isWrite ? WalkAccess.Write : isFetch ? WalkAccess.Fetch : WalkAccess.Read;
        Assert.False(Walk(0x12345, access, isUser, out _, out uint error));
        Assert.Equal(expected, error);
    }

    [Fact]
    public void SmepAndSmap_KeepTheKernelOutOfProgramsPages()
    {
        MapSmall(Present | Writable | User);
        var cr4 = new Cr4
        {
            PhysicalAddressExtension = true,
            SupervisorAccessPrevention = true,
            SupervisorExecutionPrevention = true,
        };
        Cpu.WriteState(StateRegister.Cr4, cr4.Value);
        Assert.False(Walk(0x12345, WalkAccess.Read, false, out _, out uint error));
        Assert.Equal(1u, error);
        Assert.False(Walk(0x12345, WalkAccess.Fetch, false, out _, out error));
        Assert.Equal(0x11u, error);
        Cpu.Registers.Rflags |= 1 << 18;
        Assert.True(Walk(0x12345, WalkAccess.Read, false, out _, out _));
    }

    [Fact]
    public void WithoutWriteProtection_TheKernelWritesAnywhere()
    {
        MapSmall(Present | User);
        Cpu.WriteState(StateRegister.Cr0, new Cr0 { ProtectionEnable = true, Paging = true }.Value);
        Assert.True(Walk(0x12345, WalkAccess.Write, false, out _, out _));
        Assert.False(Walk(0x12345, WalkAccess.Write, true, out _, out _));
    }

    [Fact]
    public void Pae_HasThreeLevels()
    {
        Cpu.WriteState(StateRegister.Efer, 0);
        Write(Root, 0x2000 | Present);
        Write(0x2000, 0x3000 | Present | Writable);
        Write(0x3000 + (0x12 * 8), 0x55_5000 | Present | Writable);
        Assert.True(Walk(0x12345, WalkAccess.Write, false, out ulong physical, out _));
        Assert.Equal(0x55_5345UL, physical);
    }

    [Fact]
    public void Legacy_HasTwoLevelsAndLargePages()
    {
        Cpu.WriteState(StateRegister.Efer, 0);
        Cpu.WriteState(StateRegister.Cr4, new Cr4 { PageSizeExtensions = true }.Value);
        Write32(Root, 0x2000 | 3);
        Write32(0x2000 + (0x12 * 4), 0x66_6000 | 3);
        Write32(Root + 4, 0x0080_0000 | 0x83);
        Assert.True(Walk(0x12345, WalkAccess.Write, false, out ulong physical, out _));
        Assert.Equal(0x66_6345UL, physical);
        Assert.True(Walk(0x40_1234, WalkAccess.Write, false, out physical, out _));
        Assert.Equal(0x80_1234UL, physical);
    }

    [Fact]
    public void LargePages_OfFourLevels()
    {
        Write(Root, 0x2000 | Present | Writable);
        Write(0x2000, 0x3000 | Present | Writable);
        Write(0x3000 + 8, 0x0140_0000 | Present | Writable | Large);
        Assert.True(Walk(0x21_2345, WalkAccess.Write, false, out ulong physical, out _));
        Assert.Equal(0x0141_2345UL, physical);
    }

    private void MapSmall(ulong rights)
    {
        const ulong All = Present | Writable | User;
        Write(Root, 0x2000 | All);
        Write(0x2000, 0x3000 | All);
        Write(0x3000, 0x4000 | All);
        Write(0x4000 + (0x12 * 8), 0x77_7000 | rights);
    }

    private bool Walk(ulong linear, WalkAccess access, bool isUser, out ulong physical, out uint error)
    {
        bool found = GuestPageWalker.TryTranslate(Cpu, linear, access, isUser, out GuestPhysical result, out error);
        physical = result.Value;
        return found;
    }

    private void Write(ulong address, ulong value) =>
        Assert.True(Cpu.Memory.TryWrite(new GuestPhysical(address), value));

    private void Write32(ulong address, uint value) =>
        Assert.True(Cpu.Memory.TryWrite(new GuestPhysical(address), value));

    private ulong Read(ulong address)
    {
        Assert.True(Cpu.Memory.TryRead(new GuestPhysical(address), out ulong value));
        return value;
    }
}

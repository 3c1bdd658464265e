// SPDX-License-Identifier: MIT
using System;
using Hypervisor.Memory;
using Xunit;

namespace Hypervisor.Unit.Memory;

/// <summary>The hypervisor's own page tables: what is mapped, with which rights, and what goes away.</summary>
public sealed class AddressSpaceTests
{
    private readonly TestMachine _machine = new();

    [Fact]
    public void TheDirectMap_ShowsRamAndNothingElse()
    {
        AddressSpace space = _machine.Space;
        Assert.True(space.TryTranslate(InDirectMap(0x5000_0000 - 1), out PageEntry entry, out ulong size));
        Assert.Equal(FrameAllocator.BlockSize, size);
        Assert.True(entry.IsWritable);
        Assert.False(entry.IsExecutable);
        Assert.False(space.TryTranslate(InDirectMap(0xfec0_0000), out _, out _));
        Assert.False(space.TryTranslate(new HostVirtual(0), out _, out _));
    }

    [Fact]
    public void NoPage_IsWritableAndExecutable_AndTextIsNotWritableThroughTheDirectMap()
    {
        AddressSpace space = _machine.Space;
        Assert.True(space.TryTranslate(new HostVirtual(KernelLayout.Image + 0x1234), out PageEntry text, out _));
        Assert.True(text.IsExecutable);
        Assert.False(text.IsWritable);
        Assert.Equal(TestMachine.TextPhysical + 0x1000, text.Address.Value);
        Assert.True(space.TryTranslate(InDirectMap(TestMachine.TextPhysical + 0x1234), out PageEntry alias,
            out ulong size));
        Assert.Equal(FrameAllocator.FrameSize, size);
        Assert.False(alias.IsWritable);
        Assert.False(alias.IsExecutable);
        Assert.True(space.TryTranslate(InDirectMap(TestMachine.DataPhysical), out PageEntry data, out _));
        Assert.True(data.IsWritable);
        Assert.False(data.IsExecutable);
    }

    [Fact]
    public void Devices_AreUncached()
    {
        HostVirtual registers = _machine.Space.MapDevice(new HostPhysical(0xfee0_0ff0), 0x20);
        Assert.Equal(0xff0UL, registers.OffsetIn(4096));
        Assert.True(_machine.Space.TryTranslate(registers.Add(0x1f), out PageEntry entry, out _));
        Assert.Equal(0xfee0_1000UL, entry.Address.Value);
        Assert.True(entry.IsDevice && entry.IsWritable && !entry.IsExecutable);
    }

    [Fact]
    public void MappingTwice_IsAFault()
    {
        var at = new HostVirtual(KernelLayout.Stacks);
        Assert.True(_machine.Space.TryMap(at, new HostPhysical(0x1000), 4096, PageAccess.Write));
        Assert.Throws<InvalidOperationException>(
            () => _machine.Space.TryMap(at, new HostPhysical(0x2000), 4096, PageAccess.Write));
        Assert.True(_machine.Space.TryUnmap(at, out HostPhysical physical, out ulong size));
        Assert.Equal((0x1000UL, 4096UL), (physical.Value, size));
        Assert.False(_machine.Space.TryUnmap(at, out _, out _));
    }

    [Fact]
    public void GuestBlocks_AreNotInTheDirectMap()
    {
        FrameAllocator frames = _machine.Frames;
        Assert.True(_machine.Windows.TryTake(out VmWindow window));
        Assert.True(window.TryAddRam(new GuestPhysical(0), 64 << 20));
        Assert.True(window.TryTranslate(new GuestPhysical(0x123456), out HostPhysical physical, out ulong length));
        Assert.Equal(FrameKind.GuestRam, frames.KindOf(physical));
        Assert.Equal((64UL << 20) - 0x123456, length);
        Assert.False(_machine.Space.TryTranslate(InDirectMap(physical.Value), out _, out _));
        Assert.True(_machine.Space.TryTranslate(window.Start.Add(VmWindow.RamOffset), out PageEntry entry,
            out ulong size));
        Assert.Equal(FrameAllocator.BlockSize, size);
        Assert.True(entry.IsWritable && !entry.IsExecutable);
        Assert.Equal(0, window.Destroy());
        Assert.True(_machine.Space.TryTranslate(InDirectMap(physical.Value), out _, out _));
        Assert.False(window.TryTranslate(new GuestPhysical(0), out _, out _));
    }

    private static HostVirtual InDirectMap(ulong physical) => new(DirectMap.Start + physical);
}

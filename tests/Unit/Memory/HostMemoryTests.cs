// SPDX-License-Identifier: MIT
using System;
using Hypervisor.Memory;
using Xunit;

namespace Hypervisor.Unit.Memory;

/// <summary>The whole of memory management, as boot puts it together.</summary>
public sealed class HostMemoryTests : IDisposable
{
    public void Dispose()
    {
        CurrentProcessor.Region = null;
        CurrentProcessor.SetAllocation(0, 0);
    }

    [Theory]
    [InlineData(512)]
    [InlineData(1024)]
    [InlineData(65536)]
    public void Start_NeedsLittleMemory(int mebibytes)
    {
        HostMemory memory = Start((ulong)mebibytes << 20);
        Assert.Same(memory.BootRegion, CurrentProcessor.Region);
        ulong ram = (ulong)mebibytes << 20;
        ulong own = (ulong)memory.Frames.Count(FrameKind.Kernel) * 4096;
        Assert.InRange(own, 0UL, (1UL << 20) + (ram / 2000));
    }

    [Fact]
    public void Stacks_HaveGuardPages()
    {
        HostMemory memory = Start(512UL << 20);
        Assert.True(memory.Stacks.TryCreate(32768, out HostVirtual first));
        Assert.True(memory.Stacks.TryCreate(8192, out HostVirtual second));
        Assert.True(memory.Space.TryTranslate(new HostVirtual(first.Value - 1), out PageEntry entry, out _));
        Assert.True(entry.IsWritable && !entry.IsExecutable);
        Assert.True(memory.Space.TryTranslate(new HostVirtual(first.Value - 32768), out _, out _));
        Assert.False(memory.Space.TryTranslate(new HostVirtual(first.Value - 32769), out _, out _));
        Assert.False(memory.Space.TryTranslate(new HostVirtual(second.Value - 8193), out _, out _));
        Assert.False(memory.Space.TryTranslate(first, out _, out _));
        Assert.Throws<InvalidOperationException>(() => memory.Stacks.TryCreate(StackArea.Stride, out _));
    }

    [Fact]
    public void AfterBoot_AllocationsAreCounted()
    {
        HostMemory memory = Start(512UL << 20);
        ulong next = 0;
        ulong limit = 0;
        ulong address = memory.BootRegion.Allocate(64, ref next, ref limit);
        Assert.Equal(KernelLayout.BootRegion, address);
        memory.EndBoot();
        next = 0;
        limit = 0;
        Assert.NotEqual(0UL, memory.BootRegion.Allocate(64, ref next, ref limit));
        Assert.Equal(1, memory.BootRegion.AllocationsAfterSeal);
        Assert.Equal(0UL, memory.BootRegion.Allocate(1 << 20, ref next, ref limit));
    }

    private static HostMemory Start(ulong ram)
    {
        DirectMap.Erase();
        ulong low = Math.Min(ram, 3UL << 30);
        return HostMemory.Start(
            [
                new MemoryArea(new HostPhysical(0), 0x9fc00, FrameKind.Free),
                new MemoryArea(new HostPhysical(0x9fc00), 0x400, FrameKind.Reserved),
                new MemoryArea(new HostPhysical(0x10_0000), low - 0x10_0000, FrameKind.Free),
                new MemoryArea(new HostPhysical(4UL << 30), ram - low, FrameKind.Free),
            ],
            [new MemoryArea(new HostPhysical(0x20_0000), 0x10_0000, FrameKind.Kernel)],
            [
                new ImageSection(
                    new HostVirtual(KernelLayout.Image), new HostPhysical(0x20_0000), 0x8_0000, PageAccess.Execute),
                new ImageSection(
                    new HostVirtual(KernelLayout.Image + 0x8_0000), new HostPhysical(0x28_0000), 0x8_0000,
                    PageAccess.Write),
            ]);
    }
}

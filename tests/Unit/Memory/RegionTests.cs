// SPDX-License-Identifier: MIT
using System;
using System.Collections.Generic;
using FsCheck;
using FsCheck.Fluent;
using Hypervisor.Memory;
using Xunit;

namespace Hypervisor.Unit.Memory;

/// <summary>Regions: objects never overlap, what is sealed counts, and a VM leaves nothing behind.</summary>
public sealed class RegionTests : IDisposable
{
    private readonly TestMachine _machine = new();

    public void Dispose()
    {
        CurrentProcessor.Region = null;
        CurrentProcessor.SetAllocation(0, 0);
    }

    [Fact]
    public void Objects_NeverOverlap_AndLieInTheWindow()
    {
        Prop.ForAll<int>(seed =>
        {
            Assert.True(_machine.Windows.TryTake(out VmWindow window));
            var random = new Random(seed);
            var contexts = new (ulong Next, ulong Limit)[3];
            var taken = new SortedList<ulong, ulong>();
            for (int step = 0; step < 300; step++)
            {
                ref (ulong Next, ulong Limit) context = ref contexts[random.Next(contexts.Length)];
                ulong size = (ulong)(8 * random.Next(1, random.Next(20) == 0 ? 3000 : 60));
                taken.Add(New(window.Region, size, ref context), size);
                if (random.Next(10) == 0)
                {
                    window.Region.GiveBack(context.Next, context.Limit);
                    context = default;
                }
            }

            ulong end = window.Start.Value;
            foreach ((ulong start, ulong size) in taken)
            {
                Assert.True(start >= end);
                end = start + size;
                Assert.True(_machine.Space.TryTranslate(new HostVirtual(end - 1), out PageEntry entry, out _));
                Assert.Equal(FrameKind.Region, _machine.Frames.KindOf(entry.Address));
                Assert.Equal(window.Slot, _machine.Frames.OwnerOf(entry.Address));
            }

            Assert.InRange(end, window.Start.Value, window.Start.Value + window.Region.BytesUsed);
            return window.Destroy() == 0;
        }).QuickCheckThrowOnFailure();
    }

    [Fact]
    public void AContext_TakesMemoryByChunks()
    {
        Assert.True(_machine.Windows.TryTake(out VmWindow window));
        (ulong Next, ulong Limit) context = default;
        ulong first = New(window.Region, 24, ref context);
        ulong second = New(window.Region, 4064, ref context);
        Assert.Equal(first + 24, second);
        Assert.Equal(4096UL, window.Region.BytesMapped);
        ulong third = New(window.Region, 64, ref context);
        Assert.Equal(second + 4064, third);
        Assert.Equal(8192UL, window.Region.BytesMapped);
    }

    [Fact]
    public void ASealedRegion_CountsAndEnds()
    {
        Assert.True(_machine.Windows.TryTake(out VmWindow window));
        RegionScope scope = window.Region.Enter();
        (ulong Next, ulong Limit) context = default;
        ulong first = New(window.Region, 24, ref context);
        CurrentProcessor.SetAllocation(context.Next, context.Limit);
        window.Region.Seal(100);
        Assert.Equal((0UL, 0UL), (CurrentProcessor.AllocationNext, CurrentProcessor.AllocationLimit));
        Assert.Equal(24UL, window.Region.BytesUsed);
        Assert.Equal(0, window.Region.AllocationsAfterSeal);
        context = default;
        Assert.Equal(first + 24, New(window.Region, 48, ref context));
        Assert.Equal(first + 72, New(window.Region, 48, ref context));
        Assert.Equal(2, window.Region.AllocationsAfterSeal);
        Assert.Equal(0UL, window.Region.Allocate(8, ref context.Next, ref context.Limit));
        scope.Leave();
        Assert.Null(CurrentProcessor.Region);
    }

    [Fact]
    public void Scopes_Nest_AndGiveBackWhatIsLeft()
    {
        Assert.True(_machine.Windows.TryTake(out VmWindow first));
        Assert.True(_machine.Windows.TryTake(out VmWindow second));
        RegionScope outer = first.Region.Enter();
        (ulong Next, ulong Limit) context = default;
        _ = New(first.Region, 40, ref context);
        CurrentProcessor.SetAllocation(context.Next, context.Limit);
        RegionScope inner = second.Region.Enter();
        Assert.Same(second.Region, CurrentProcessor.Region);
        Assert.Equal(0UL, CurrentProcessor.AllocationLimit);
        Assert.Same(second.Life, CurrentProcessor.Life);
        inner.Leave();
        Assert.Same(first.Region, CurrentProcessor.Region);
        Assert.Equal(context.Next, CurrentProcessor.AllocationNext);
        outer.Leave();
        Assert.Equal(40UL, first.Region.BytesUsed);
    }

    [Fact]
    public void ARegion_EndsWhereItsWindowSays()
    {
        Assert.True(_machine.Windows.TryTake(out VmWindow window));
        (ulong Next, ulong Limit) context = default;
        Assert.Equal(0UL, window.Region.Allocate(VmWindow.RegionSize + 8, ref context.Next, ref context.Limit));
        Assert.Equal(0UL, window.Region.Allocate(ulong.MaxValue - 7, ref context.Next, ref context.Limit));
        Assert.Equal(0UL, window.Region.BytesMapped);
    }

    [Fact]
    public void TenThousandVms_LeaveNothingBehind()
    {
        FrameAllocator frames = _machine.Frames;
        RunOneVm(1);
        long free = frames.FreeFrames;
        long own = frames.Count(FrameKind.Kernel);
        for (int round = 0; round < 10_000; round++)
        {
            RunOneVm(round);
        }

        Assert.Equal(free, frames.FreeFrames);
        Assert.Equal(own, frames.Count(FrameKind.Kernel));
    }

    [Fact]
    public void Destroy_TakesBackWhatAFaultedVmForgot()
    {
        long free = _machine.Frames.FreeFrames;
        Assert.True(_machine.Windows.TryTake(out VmWindow window));
        Assert.True(window.TryAddRam(new GuestPhysical(0), 4 << 20));
        Assert.True(window.NestedTables.TryAllocate(out _));
        Assert.True(window.NestedTables.TryAllocate(out _));
        Assert.Equal(2, window.Destroy());
        Assert.Equal(0, window.NestedTables.InUse);
        Assert.Equal(0, _machine.Frames.CountOfOwner(window.Slot));
        Assert.Equal(free, _machine.Frames.FreeFrames);
    }

    /// <summary>Three blocks were handed out and two of them mapped when a fault ended it: none is hidden.</summary>
    [Fact]
    public void Destroy_TakesBackRamWhoseAddingHasEndedInTheMiddle()
    {
        long free = _machine.Frames.FreeFrames;
        Assert.True(_machine.Windows.TryTake(out VmWindow window));
        var tables = new OwnedTableFrames(_machine.Frames, FrameKind.Region, window.Slot);
        FrameKind kind = FrameKind.GuestRam;
        Assert.True(_machine.Frames.TryAllocateBlocks(3, kind, window.Slot, out HostPhysical run, out int count));
        Assert.Equal(3, count);
        HostVirtual address = window.Start.Add(VmWindow.RamOffset);
        Assert.True(_machine.Space.TryMap(address, run, 4 << 20, PageAccess.Write, tables));

        Assert.Equal(512, window.Destroy());

        Assert.Equal(0, _machine.Frames.CountOfOwner(window.Slot));
        Assert.Equal(free, _machine.Frames.FreeFrames);
        for (ulong offset = 0; offset < 6 << 20; offset += 2 << 20)
        {
            var shown = new HostVirtual((ulong)DirectMap.Start + run.Value + offset);
            Assert.True(_machine.Space.TryTranslate(shown, out PageEntry entry, out _));
            Assert.Equal(run.Value + offset, entry.Address.Value);
        }
    }

    [Fact]
    public void RunningOutOfMemory_IsReportedAndUndone()
    {
        var machine = new TestMachine(63 << 20, 0);
        long free = machine.Frames.FreeFrames;
        Assert.True(machine.Windows.TryTake(out VmWindow window));
        Assert.False(window.TryAddRam(new GuestPhysical(0), 64UL << 30));
        Assert.InRange(machine.Frames.FreeFrames, 0, 512 * 2);
        Assert.InRange(machine.Frames.CountOfOwner(window.Slot), 512 * 28, 512 * 31);
        Assert.Equal(0, window.Destroy());
        Assert.Equal(free, machine.Frames.FreeFrames);
    }

    [Fact]
    public void References_LeadNowhereAfterTheVm()
    {
        Assert.True(_machine.Windows.TryTake(out VmWindow window));
        var reference = new VmReference<string>("object", window.Life);
        Assert.Equal("object", reference.Target);
        _ = window.Destroy();
        Assert.Null(reference.Target);
        Assert.True(_machine.Windows.TryTake(out VmWindow next));
        Assert.Same(window, next);
        Assert.Null(reference.Target);
        Assert.True(default(VmReference<string>).IsEmpty);
    }

    [Theory]
    [InlineData(KernelLayout.BootRegion, KernelLayout.BootRegion + 64, true)]
    [InlineData(KernelLayout.BootRegion, KernelLayout.Image, true)]
    [InlineData(KernelLayout.Windows, KernelLayout.BootRegion, true)]
    [InlineData(KernelLayout.Windows + 8, KernelLayout.Windows + 64, true)]
    [InlineData(KernelLayout.Windows + 8, KernelLayout.Windows + KernelLayout.WindowSize, false)]
    [InlineData(KernelLayout.BootRegion, KernelLayout.Windows, false)]
    [InlineData(KernelLayout.Image, KernelLayout.Windows + (63 * KernelLayout.WindowSize), false)]
    [InlineData(KernelLayout.Stacks + 4096, KernelLayout.Windows, true)]
    [InlineData(KernelLayout.Image, 0UL, true)]
    public void TheRegionRule(ulong destination, ulong value, bool expected) =>
        Assert.Equal(expected, RegionRule.Allows(destination, value));

    private static ulong New(Region region, ulong size, ref (ulong Next, ulong Limit) context)
    {
        ulong result = context.Next;
        if (context.Next + size <= context.Limit)
        {
            context.Next += size;
            return result;
        }

        result = region.Allocate(size, ref context.Next, ref context.Limit);
        Assert.NotEqual(0UL, result);
        return result;
    }

    private void RunOneVm(int round)
    {
        Assert.True(_machine.Windows.TryTake(out VmWindow window));
        (ulong Next, ulong Limit) context = default;
        _ = New(window.Region, 8 * (1 + ((ulong)round % 1000)), ref context);
        if (round % 100 == 1)
        {
            Assert.True(window.TryAddRam(new GuestPhysical(0), 4 << 20));
            Assert.True(window.NestedTables.TryAllocate(out TablePage table));
            window.NestedTables.Free(table);
        }

        Assert.Equal(0, window.Destroy());
        Assert.Equal(0, _machine.Frames.CountOfOwner(window.Slot));
    }
}

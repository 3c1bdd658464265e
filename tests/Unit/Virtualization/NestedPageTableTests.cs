// SPDX-License-Identifier: MIT
using System;
using System.Collections.Generic;
using FsCheck;
using FsCheck.Fluent;
using Hypervisor.Memory;
using Hypervisor.Virtualization;
using Hypervisor.Virtualization.Svm;
using Xunit;

namespace Hypervisor.Unit.Virtualization;

/// <summary>Nested page tables against a dictionary of pages.</summary>
public sealed class NestedPageTableTests
{
    private const ulong Page = 4096;
    private const ulong Large = 2UL << 20;
    private const ulong Huge = 1UL << 30;

    private readonly ArenaTableFrames _frames = new();

    [Fact]
    public void Map_UsesTheLargestPagesThatAlignmentAllows()
    {
        GuestMap map = Create(largestLeaf: 3);
        Assert.True(map.Map(new GuestPhysical(Huge - Large - Page), new HostPhysical((5 * Huge) - Large - Page),
            Page + Large + Huge + Page, GuestAccess.All));
        Assert.Equal(2 * Page, map.MappedAt(1));
        Assert.Equal(Large, map.MappedAt(2));
        Assert.Equal(Huge, map.MappedAt(3));
    }

    [Fact]
    public void Map_WithoutHugePages_UsesLargeOnes()
    {
        GuestMap map = Create(largestLeaf: 2);
        Assert.True(map.Map(default, new HostPhysical(Huge), Huge, GuestAccess.All));
        Assert.Equal(Huge, map.MappedAt(2));
    }

    [Fact]
    public void Protect_SplitsALargePageAndAdvancesTheGeneration()
    {
        GuestMap map = Create(largestLeaf: 3);
        Assert.True(map.Map(default, new HostPhysical(Huge), Huge, GuestAccess.All));
        int before = map.Generation;
        Assert.True(map.Protect(new GuestPhysical(Large + Page), Page, GuestAccess.ReadExecute));
        Assert.NotEqual(before, map.Generation);
        Assert.True(map.TryTranslate(new GuestPhysical(Large + Page + 5), out HostPhysical frame,
            out GuestAccess access));
        Assert.Equal(Huge + Large + Page + 5, frame.Value);
        Assert.Equal(GuestAccess.ReadExecute, access);
        Assert.True(map.TryTranslate(new GuestPhysical(Large), out _, out access));
        Assert.Equal(GuestAccess.All, access);
    }

    [Fact]
    public void Map_Twice_IsABug()
    {
        GuestMap map = Create(largestLeaf: 3);
        Assert.True(map.Map(default, default, Page, GuestAccess.All));
        Assert.Throws<InvalidOperationException>(() => map.Map(default, default, Page, GuestAccess.All));
    }

    [Fact]
    public void Map_WithoutFrames_SaysSo()
    {
        var frames = new ArenaTableFrames(limit: 2);
        Assert.True(frames.TryAllocate(out TablePage root));
        var map = new NestedPageTable<NptFormat>(frames, root, 3);
        Assert.False(map.Map(default, default, Page, GuestAccess.All));
    }

    [Fact]
    public void Free_GivesEveryTableBack()
    {
        GuestMap map = Create(largestLeaf: 3);
        Assert.True(map.Map(default, default, (3 * Large) + Page, GuestAccess.All));
        map.Free();
        Assert.Equal(0, _frames.InUse);
    }

    [Fact]
    public void AnySequenceOfChanges_AgreesWithADictionary() =>
        Prop.ForAll(
            ArbMap.Default.ArbFor<(byte Kind, ushort Start, byte Length)[]>(),
            AgreesWithModel).QuickCheckThrowOnFailure();

    private static bool AgreesWithModel((byte Kind, ushort Start, byte Length)[] steps)
    {
        var frames = new ArenaTableFrames();
        _ = frames.TryAllocate(out TablePage root);
        var map = new NestedPageTable<NptFormat>(frames, root, 3);
        var model = new Dictionary<ulong, (ulong Frame, GuestAccess Access)>();
        foreach ((byte kind, ushort start, byte length) in steps)
        {
            Apply(map, model, kind % 3, (ulong)(start % 2048) * Page, length % 600u);
        }

        bool agrees = Agrees(map, model);
        map.Free();
        return agrees && frames.InUse == 0;
    }

    private static void Apply(GuestMap map, Dictionary<ulong, (ulong Frame, GuestAccess Access)> model, int kind,
        ulong start, ulong pages)
    {
        const ulong Offset = 7 * Huge;
        if (kind == 0)
        {
            for (ulong page = start; page < start + (pages * Page); page += Page)
            {
                if (model.ContainsKey(page))
                {
                    return;
                }
            }

            _ = map.Map(new GuestPhysical(start), new HostPhysical(Offset + start), pages * Page, GuestAccess.All);
            for (ulong page = start; page < start + (pages * Page); page += Page)
            {
                model[page] = (Offset + page, GuestAccess.All);
            }

            return;
        }

        _ = kind == 1
            ? map.Unmap(new GuestPhysical(start), pages * Page)
            : map.Protect(new GuestPhysical(start), pages * Page, GuestAccess.Read);
        for (ulong page = start; page < start + (pages * Page); page += Page)
        {
            if (kind == 1)
            {
                _ = model.Remove(page);
            }
            else if (model.TryGetValue(page, out (ulong Frame, GuestAccess Access) old))
            {
                model[page] = (old.Frame, GuestAccess.Read);
            }
        }
    }

    private static bool Agrees(GuestMap map, Dictionary<ulong, (ulong Frame, GuestAccess Access)> model)
    {
        for (ulong page = 0; page < 2700 * Page; page += Page)
        {
            bool isMapped = map.TryTranslate(new GuestPhysical(page), out HostPhysical frame, out GuestAccess access);
            bool isExpected = model.TryGetValue(page, out (ulong Frame, GuestAccess Access) expected);
            if (isMapped != isExpected || (isMapped && (frame.Value != expected.Frame || access != expected.Access)))
            {
                return false;
            }
        }

        return map.MappedAt(1) + map.MappedAt(2) + map.MappedAt(3) == (ulong)model.Count * Page;
    }

    private GuestMap Create(int largestLeaf)
    {
        Assert.True(_frames.TryAllocate(out TablePage root));
        return new NestedPageTable<NptFormat>(_frames, root, largestLeaf);
    }
}

// SPDX-License-Identifier: MIT
using System;
using System.Collections.Generic;
using FsCheck;
using FsCheck.Fluent;
using Hypervisor.Memory;
using Xunit;

namespace Hypervisor.Unit.Memory;

/// <summary>Frames over memory maps of every kind: nothing is handed out twice, nothing is lost.</summary>
public sealed class FrameAllocatorTests
{
    private const ulong MiB = 1UL << 20;
    private const ulong GiB = 1UL << 30;

    [Theory]
    [InlineData(512UL)]
    [InlineData(3072UL)]
    [InlineData(65536UL)]
    public void AMachine_CountsAllItsRam(ulong mebibytes)
    {
        FrameAllocator frames = Machine(mebibytes * MiB);
        long expected = (long)((mebibytes * MiB / 4096) - 96);
        long counted = frames.FreeFrames + frames.Count(FrameKind.Kernel) + frames.Count(FrameKind.Module);
        Assert.Equal(expected, counted);
        long bookkeeping = frames.Count(FrameKind.Kernel) * 4096;
        Assert.InRange(bookkeeping, 0L, (long)((4 * MiB) + (mebibytes * MiB / 2000)));
    }

    [Fact]
    public void BlocksForGuests_ComeInLongRuns()
    {
        FrameAllocator frames = Machine(16 * GiB);
        Assert.True(frames.TryAllocateBlocks(2048, FrameKind.GuestRam, 3, out HostPhysical start, out int count));
        Assert.Equal(512, count);
        Assert.Equal(0UL, start.OffsetIn(GiB));
        Assert.Equal(512 * 512, frames.CountOfOwner(3));
        Assert.Equal(FrameKind.GuestRam, frames.KindOf(start.Add(GiB - 1)));
        Assert.True(frames.TryAllocateBlocks(7, FrameKind.GuestRam, 3, out HostPhysical small, out count));
        Assert.Equal(7, count);
        Assert.True(frames.FreeBlock(small));
        Assert.Equal((512 + 6) * 512, frames.CountOfOwner(3));
    }

    [Fact]
    public void FramesOfGuestsAndOfTheHypervisor_NeverShareABlock()
    {
        FrameAllocator frames = Machine(512 * MiB);
        var hostBlocks = new HashSet<ulong>();
        var guestBlocks = new HashSet<ulong>();
        for (int round = 0; round < 1500; round++)
        {
            Assert.True(frames.TryAllocateFrame(FrameKind.Region, round % 4, out HostPhysical host));
            Assert.True(frames.TryAllocateFrame(FrameKind.GuestRam, round % 4, out HostPhysical guest));
            _ = hostBlocks.Add(host.Value / FrameAllocator.BlockSize);
            _ = guestBlocks.Add(guest.Value / FrameAllocator.BlockSize);
        }

        Assert.False(hostBlocks.Overlaps(guestBlocks));
    }

    [Fact]
    public unsafe void Frames_AreZeroEvenAfterTheyWereUsed()
    {
        FrameAllocator frames = Machine(512 * MiB);
        Assert.True(frames.TryAllocateFrame(FrameKind.Region, 0, out HostPhysical frame));
        new Span<byte>(DirectMap.ToPointer(frame), 4096).Fill(0x77);
        Assert.True(frames.FreeFrame(frame));
        Assert.True(frames.TryAllocateFrame(FrameKind.Kernel, FrameAllocator.Host, out HostPhysical again));
        Assert.Equal(frame, again);
        Assert.Equal(-1, new Span<byte>(DirectMap.ToPointer(frame), 4096).IndexOfAnyExcept((byte)0));
    }

    [Fact]
    public void Zeroing_MarksBlocks()
    {
        FrameAllocator frames = Machine(512 * MiB);
        long free = frames.FreeFrames;
        Assert.True(frames.TryBeginZeroing(out HostPhysical first));
        Assert.True(frames.TryBeginZeroing(out HostPhysical second));
        Assert.NotEqual(first, second);
        Assert.Throws<InvalidOperationException>(() => frames.FreeBlock(first));
        frames.EndZeroing(first);
        frames.EndZeroing(second);
        Assert.Equal(2, frames.ZeroedBlocks);
        Assert.Equal(free, frames.FreeFrames);
        Assert.True(frames.TryAllocateBlocks(512, FrameKind.GuestRam, 0, out HostPhysical start, out int count));
        int zeroed = 0;
        for (int block = 0; block < count; block++)
        {
            zeroed += frames.IsZeroed(start.Add((ulong)block * FrameAllocator.BlockSize)) ? 1 : 0;
        }

        Assert.Equal(2, zeroed + frames.ZeroedBlocks);
    }

    [Fact]
    public void BlocksForGuests_AreZeroedOnesWhereThereAreEnough()
    {
        FrameAllocator frames = Machine(512 * MiB);
        Assert.True(frames.TryAllocateBlocks(8, FrameKind.GuestRam, 0, out HostPhysical low, out int count));
        Assert.Equal(8, count);
        for (int block = 0; block < 16; block++)
        {
            Assert.True(frames.TryBeginZeroing(out HostPhysical dirty));
            frames.EndZeroing(dirty);
        }

        for (int block = 0; block < 8; block++)
        {
            Assert.True(frames.FreeBlock(low.Add((ulong)block * FrameAllocator.BlockSize)));
        }

        Assert.True(frames.TryAllocateBlocks(12, FrameKind.GuestRam, 0, out HostPhysical run, out count));
        Assert.Equal(12, count);
        for (int block = 0; block < 12; block++)
        {
            Assert.True(frames.IsZeroed(run.Add((ulong)block * FrameAllocator.BlockSize)));
        }

        Assert.Equal(4, frames.ZeroedBlocks);
    }

    [Fact]
    public void ABlockThatCannotBeZeroed_IsQuarantined()
    {
        FrameAllocator frames = Machine(512 * MiB);
        long free = frames.FreeFrames;
        int blocks = frames.FreeBlocks;
        Assert.True(frames.TryBeginZeroing(out HostPhysical block));
        Assert.Equal(blocks - 1, frames.FreeBlocks);
        frames.AbandonZeroing(block);
        Assert.Equal(FrameKind.Quarantined, frames.KindOf(block));
        Assert.Equal(512, frames.Count(FrameKind.Quarantined));
        Assert.Equal(free - 512, frames.FreeFrames);
        Assert.Equal(blocks - 1, frames.FreeBlocks);
        while (frames.TryAllocateBlocks(512, FrameKind.GuestRam, 0, out HostPhysical start, out int count))
        {
            Assert.False(block.Value - start.Value < (ulong)count * FrameAllocator.BlockSize);
        }
    }

    [Fact]
    public void PinnedMemory_IsQuarantined()
    {
        FrameAllocator frames = Machine(512 * MiB);
        Assert.True(frames.TryAllocateBlocks(2, FrameKind.GuestRam, 1, out HostPhysical start, out _));
        Assert.True(frames.TryAllocateFrame(FrameKind.Region, 1, out HostPhysical frame));
        Assert.True(frames.TryPin(start.Add(12345)));
        Assert.True(frames.TryPin(frame));
        Assert.True(frames.TryPin(frame));
        frames.Unpin(frame);
        Assert.False(frames.FreeFrame(frame));
        Assert.False(frames.FreeBlock(start));
        Assert.True(frames.FreeBlock(start.Add(FrameAllocator.BlockSize)));
        Assert.Equal(513, frames.Count(FrameKind.Quarantined));
        Assert.Equal(0, frames.CountOfOwner(1));
    }

    [Fact]
    public void Modules_AreFreedAfterUse()
    {
        var modules = new List<MemoryArea>
        {
            new(new HostPhysical(0x3000), 0x5123, FrameKind.Module),
            new(new HostPhysical(5 * MiB), 9 * MiB, FrameKind.Module),
        };
        FrameAllocator frames = Machine(512 * MiB, [.. modules]);
        long free = frames.FreeFrames;
        Assert.Equal(6 + (9 * 256), frames.Count(FrameKind.Module));
        foreach (MemoryArea module in modules)
        {
            Assert.Equal(FrameKind.Module, frames.KindOf(module.Start));
            frames.FreeModule(module.Start, module.Length);
        }

        Assert.Equal(0, frames.Count(FrameKind.Module));
        Assert.InRange(frames.FreeFrames - free, 6 + (9 * 256), 6 + (9 * 256) + 2);
    }

    [Fact]
    public void FreeingTwice_IsAFault()
    {
        FrameAllocator frames = Machine(512 * MiB);
        Assert.True(frames.TryAllocateFrame(FrameKind.Kernel, FrameAllocator.Host, out HostPhysical frame));
        Assert.True(frames.FreeFrame(frame));
        Assert.Throws<InvalidOperationException>(() => frames.FreeFrame(frame));
        Assert.True(frames.TryAllocateBlocks(1, FrameKind.GuestRam, 0, out HostPhysical block, out _));
        Assert.True(frames.FreeBlock(block));
        Assert.Throws<InvalidOperationException>(() => frames.FreeBlock(block));
        Assert.Throws<InvalidOperationException>(() => frames.FreeBlock(new HostPhysical(0)));
    }

    [Fact]
    public void RandomSequences_NeitherLoseNorDoubleAnything()
    {
        Prop.ForAll<int>(seed =>
        {
            DirectMap.Erase();
            var random = new Random(seed);
            List<MemoryArea> map = RandomMap(random);
            var frames = new FrameAllocator(map.ToArray(), []);
            long atStart = frames.FreeFrames;
            var held = new Dictionary<ulong, bool>();
            for (int step = 0; step < 250; step++)
            {
                Step(frames, random, held, map);
            }

            foreach ((ulong address, bool isBlock) in held)
            {
                _ = isBlock ? frames.FreeBlock(new HostPhysical(address)) : frames.FreeFrame(new HostPhysical(address));
            }

            for (int owner = 0; owner < 4; owner++)
            {
                Assert.Equal(0, frames.CountOfOwner(owner));
            }

            return frames.FreeFrames == atStart;
        }).QuickCheckThrowOnFailure();
    }

    private static void Step(FrameAllocator frames, Random random, Dictionary<ulong, bool> held, List<MemoryArea> map)
    {
        switch (random.Next(4))
        {
            case 0 when held.Count > 0:
                ulong victim = Pick(random, held);
                Assert.True(held[victim]
                    ? frames.FreeBlock(new HostPhysical(victim))
                    : frames.FreeFrame(new HostPhysical(victim)));
                _ = held.Remove(victim);
                break;
            case 1:
                int wanted = random.Next(1, 20);
                int owner = random.Next(4);
                if (frames.TryAllocateBlocks(wanted, FrameKind.GuestRam, owner, out HostPhysical start, out int count))
                {
                    for (int block = 0; block < count; block++)
                    {
                        ulong address = start.Value + ((ulong)block * FrameAllocator.BlockSize);
                        CheckIsRam(map, address, FrameAllocator.BlockSize);
                        Assert.True(held.TryAdd(address, true));
                    }
                }

                break;
            case 2 when frames.TryBeginZeroing(out HostPhysical dirty):
                CheckIsRam(map, dirty.Value, FrameAllocator.BlockSize);
                Assert.False(held.ContainsKey(dirty.Value));
                frames.EndZeroing(dirty);
                break;
            default:
                FrameKind kind = random.Next(2) == 0 ? FrameKind.Region : FrameKind.NestedTable;
                if (frames.TryAllocateFrame(kind, random.Next(4), out HostPhysical frame))
                {
                    CheckIsRam(map, frame.Value, 4096);
                    Assert.False(held.TryGetValue(frame.AlignDown(FrameAllocator.BlockSize).Value, out bool whole)
                        && whole);
                    Assert.True(held.TryAdd(frame.Value, false));
                    Assert.Equal(kind, frames.KindOf(frame));
                }

                break;
        }
    }

    private static ulong Pick(Random random, Dictionary<ulong, bool> held)
    {
        int skip = random.Next(held.Count);
        foreach (ulong address in held.Keys)
        {
            if (skip-- == 0)
            {
                return address;
            }
        }

        throw new InvalidOperationException();
    }

    private static void CheckIsRam(List<MemoryArea> map, ulong address, ulong length)
    {
        for (ulong page = address; page < address + length; page += 4096)
        {
            Assert.Contains(map, area => area.Kind == FrameKind.Free && area.Contains(page, 4096));
            Assert.DoesNotContain(map, area => area.Kind == FrameKind.Reserved && area.Intersects(page, 4096));
        }
    }

    private static List<MemoryArea> RandomMap(Random random)
    {
        var map = new List<MemoryArea>
        {
            new(new HostPhysical(0), 0x9fc00, FrameKind.Free),
            new(new HostPhysical(0xe0000), 0x20000, FrameKind.Reserved),
            new(new HostPhysical(MiB), (32 + (ulong)random.Next(64)) * MiB, FrameKind.Free),
        };
        for (int area = random.Next(5); area > 0; area--)
        {
            ulong start = (ulong)random.NextInt64(0, 0x4000_0000) << random.Next(6);
            ulong length = (ulong)random.Next(1, 0x300_0000);
            var kind = random.Next(3) == 0 ? FrameKind.Reserved : FrameKind.Free;
            map.Add(new MemoryArea(new HostPhysical(start), length, kind));
        }

        if (random.Next(4) == 0)
        {
            map.Add(new MemoryArea(new HostPhysical(0xffff_ffff_ffff_f000), ulong.MaxValue, FrameKind.Free));
            map.Add(new MemoryArea(new HostPhysical(0x7fff_ffff_f000), ulong.MaxValue, FrameKind.Reserved));
        }

        return map;
    }

    private static FrameAllocator Machine(ulong ram, List<MemoryArea>? taken = null)
    {
        DirectMap.Erase();
        taken ??= [];
        taken.Add(new MemoryArea(new HostPhysical(2 * MiB), MiB, FrameKind.Kernel));
        ulong low = Math.Min(ram, 3 * GiB);
        return new FrameAllocator(
            [
                new MemoryArea(new HostPhysical(0), 0xa0000, FrameKind.Free),
                new MemoryArea(new HostPhysical(0xf0000), 0x10000, FrameKind.Reserved),
                new MemoryArea(new HostPhysical(MiB), low - MiB, FrameKind.Free),
                new MemoryArea(new HostPhysical(0xfec00000), 0x1400000, FrameKind.Reserved),
                new MemoryArea(new HostPhysical(4 * GiB), ram - low, FrameKind.Free),
            ],
            taken.ToArray());
    }
}

// SPDX-License-Identifier: MIT
using System;

namespace Hypervisor.Memory;

/// <summary>
/// Reads the firmware's memory map, which may be unsorted, overlapping, unaligned or nonsense, and says of every block
/// and frame what it is at the moment the allocator takes over.
/// </summary>
internal ref struct FrameMapBuilder
{
    private const ulong LowMemory = 1UL << 20;
    private const ulong MappedAtBoot = 4UL << 30;

    private readonly ReadOnlySpan<MemoryArea> _map;
    private readonly ReadOnlySpan<MemoryArea> _taken;
    private MemoryArea _records;

    public FrameMapBuilder(ReadOnlySpan<MemoryArea> map, ReadOnlySpan<MemoryArea> taken)
    {
        _map = map;
        _taken = taken;
        _records = default;
        ulong end = 0;
        foreach (MemoryArea area in map)
        {
            if (area.Kind == FrameKind.Free && area.Start.Value < DirectMap.Length)
            {
                end = Math.Max(end, area.Start.Value + Math.Min(area.Length, DirectMap.Length - area.Start.Value));
            }
        }

        BlockCount = (int)((end + FrameAllocator.BlockSize - 1) / FrameAllocator.BlockSize);
    }

    /// <summary>Blocks from physical 0 to the end of RAM.</summary>
    public int BlockCount { get; }

    /// <summary>
    /// Finds room for one record per block, above the first MiB and below 4 GiB; it counts as taken from now on.
    /// </summary>
    public unsafe HostPhysical PlaceRecords()
    {
        ulong length = (ulong)BlockCount * (ulong)sizeof(BlockRecord);
        length = (length + FrameAllocator.FrameSize - 1) & ~(FrameAllocator.FrameSize - 1);
        foreach (MemoryArea area in _map)
        {
            if (area.Kind == FrameKind.Free && TryPlace(area, length, out ulong start))
            {
                _records = new MemoryArea(new HostPhysical(start), length, FrameKind.Kernel);
                return _records.Start;
            }
        }

        throw new OutOfMemoryException();
    }

    /// <summary>True where all frames of the block are of one kind.</summary>
    public readonly bool TryGetUniformKind(int block, out FrameKind kind)
    {
        ulong start = (ulong)block * FrameAllocator.BlockSize;
        if (!IsRam(block))
        {
            kind = FrameKind.Reserved;
            return true;
        }

        kind = KindOfFrame(block, 0);
        if (CountIntersecting(start, FrameAllocator.BlockSize) == 1 && kind == FrameKind.Free)
        {
            // One area of RAM and nothing else touches the block; it may still end inside.
            if (KindOfFrame(block, FrameAllocator.FramesPerBlock - 1) == FrameKind.Free)
            {
                return true;
            }
        }

        for (int index = 1; index < FrameAllocator.FramesPerBlock; index++)
        {
            if (KindOfFrame(block, index) != kind)
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>True where any RAM lies in the block.</summary>
    public readonly bool IsRam(int block)
    {
        ulong start = (ulong)block * FrameAllocator.BlockSize;
        foreach (MemoryArea area in _map)
        {
            if (area.Kind == FrameKind.Free && area.Intersects(start, FrameAllocator.BlockSize))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>The first free frame of the block, or -1.</summary>
    public readonly int FindFreeFrame(int block)
    {
        for (int index = 0; index < FrameAllocator.FramesPerBlock; index++)
        {
            if (KindOfFrame(block, index) == FrameKind.Free)
            {
                return index;
            }
        }

        return -1;
    }

    /// <summary>What a frame is: RAM only where an area of RAM has it whole and nothing else touches it.</summary>
    public readonly FrameKind KindOfFrame(int block, int index)
    {
        ulong start = ((ulong)block * FrameAllocator.BlockSize) + ((ulong)index * FrameAllocator.FrameSize);
        bool isRam = false;
        foreach (MemoryArea area in _map)
        {
            if (area.Kind == FrameKind.Free)
            {
                isRam |= area.Contains(start, FrameAllocator.FrameSize);
            }
            else if (area.Intersects(start, FrameAllocator.FrameSize))
            {
                return FrameKind.Reserved;
            }
        }

        if (!isRam)
        {
            return FrameKind.Reserved;
        }

        FrameKind kind = _records.Intersects(start, FrameAllocator.FrameSize) ? FrameKind.Kernel : FrameKind.Free;
        foreach (MemoryArea area in _taken)
        {
            if (area.Intersects(start, FrameAllocator.FrameSize))
            {
                // Where two things share a frame, the one that stays for longer decides.
                kind = kind is FrameKind.Free or FrameKind.Module ? area.Kind : kind;
            }
        }

        return kind;
    }

    private readonly bool TryPlace(MemoryArea area, ulong length, out ulong start)
    {
        start = Math.Max(area.Start.Value, LowMemory);
        start = start > MappedAtBoot ? start : (start + FrameAllocator.FrameSize - 1) & ~(FrameAllocator.FrameSize - 1);
        while (start < MappedAtBoot && MappedAtBoot - start >= length && area.Contains(start, length))
        {
            ulong next = Math.Max(EndOfObstacle(_map, start, length), EndOfObstacle(_taken, start, length));
            if (next == 0)
            {
                return true;
            }

            start = (next + FrameAllocator.FrameSize - 1) & ~(FrameAllocator.FrameSize - 1);
        }

        return false;
    }

    /// <summary>The end of an area that is in the way of [start, start + length); 0 where none is.</summary>
    private static ulong EndOfObstacle(ReadOnlySpan<MemoryArea> areas, ulong start, ulong length)
    {
        foreach (MemoryArea area in areas)
        {
            if (area.Kind != FrameKind.Free && area.Intersects(start, length))
            {
                // An area without end is in the way for good: beyond everything that is mapped at boot.
                return area.Length > MappedAtBoot - Math.Min(area.Start.Value, MappedAtBoot)
                    ? MappedAtBoot
                    : area.Start.Value + area.Length;
            }
        }

        return 0;
    }

    private readonly int CountIntersecting(ulong start, ulong length)
    {
        int count = _records.Intersects(start, length) ? 1 : 0;
        foreach (MemoryArea area in _map)
        {
            count += area.Intersects(start, length) ? 1 : 0;
        }

        foreach (MemoryArea area in _taken)
        {
            count += area.Intersects(start, length) ? 1 : 0;
        }

        return count;
    }
}

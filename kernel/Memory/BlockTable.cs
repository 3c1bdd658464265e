// SPDX-License-Identifier: MIT
using System;

namespace Hypervisor.Memory;

/// <summary>
/// One record for each 2 MiB block from physical 0 to the end of RAM, and the search for free ones. The allocator's
/// lock guards it.
/// </summary>
internal sealed unsafe class BlockTable
{
    /// <summary>Blocks of an aligned GiB, the largest page of a nested table.</summary>
    private const int BlocksPerGroup = 512;

    private readonly BlockRecord* _records;
    private readonly ushort[] _freeInGroup;

    /// <summary>The records lie at a place that the direct map covers; they are filled in by the caller.</summary>
    public BlockTable(HostPhysical records, int count)
    {
        _records = (BlockRecord*)DirectMap.ToPointer(records);
        _freeInGroup = new ushort[(count + BlocksPerGroup - 1) / BlocksPerGroup];
        Count = count;
    }

    public int Count { get; }

    public int FreeCount { get; private set; }

    /// <summary>Free blocks that are known to hold zeroes.</summary>
    public int ZeroedCount { get; private set; }

    public ref BlockRecord this[int block] => ref _records[block];

    /// <summary>The block that an address lies in; an address beyond the end of RAM is a fault.</summary>
    public int NumberOf(HostPhysical address)
    {
        ulong number = address.Value / FrameAllocator.BlockSize;
        return number < (ulong)Count ? (int)number : throw new IndexOutOfRangeException();
    }

    public static HostPhysical AddressOf(int block) => new((ulong)block * FrameAllocator.BlockSize);

    public bool IsSplit(int block) => (_records[block].Flags & BlockFlags.Split) != 0;

    public void MakeFree(int block, BlockFlags content)
    {
        _records[block] = new BlockRecord
        {
            Next = -1,
            Previous = -1,
            Owner = FrameAllocator.Host,
            Kind = FrameKind.Free,
            Flags = content,
        };
        _freeInGroup[block / BlocksPerGroup]++;
        FreeCount++;
        ZeroedCount += content == BlockFlags.Zeroed ? 1 : 0;
    }

    /// <summary>Takes a free block out of the search; the caller says in its record what it is now.</summary>
    public void Take(int block)
    {
        _freeInGroup[block / BlocksPerGroup]--;
        FreeCount--;
        ZeroedCount -= IsZeroed(block) ? 1 : 0;
    }

    /// <summary>
    /// A free block with or without known content, from the lowest group that is not whole if there is one.
    /// </summary>
    public bool TryFindFree(bool zeroed, out int block)
    {
        block = -1;
        if (zeroed && ZeroedCount == 0)
        {
            return false;
        }

        for (int pass = 0; pass < 2; pass++)
        {
            for (int group = 0; group < _freeInGroup.Length; group++)
            {
                bool isWhole = _freeInGroup[group] == BlocksPerGroup;
                if (_freeInGroup[group] != 0 && isWhole == (pass == 1) && TryFindFreeIn(group, zeroed, out block))
                {
                    return true;
                }
            }
        }

        return false;
    }

    /// <summary>
    /// The longest run of free blocks up to <paramref name="wanted"/> in one group: in the fullest group that has all
    /// that is wanted, else in the emptiest.
    /// </summary>
    public bool TryFindRun(int wanted, out int first, out int count)
    {
        wanted = Math.Min(wanted, BlocksPerGroup);
        int best = -1;
        for (int group = 0; group < _freeInGroup.Length; group++)
        {
            int free = _freeInGroup[group];
            int bestFree = best < 0 ? 0 : _freeInGroup[best];
            bool better = bestFree >= wanted ? free >= wanted && free < bestFree : free > bestFree;
            best = better ? group : best;
        }

        first = 0;
        count = 0;
        if (best < 0 || wanted <= 0)
        {
            return false;
        }

        FindRunIn(best, wanted, out first, out count);
        return true;
    }

    private bool IsFree(int block) =>
        _records[block].Kind == FrameKind.Free
            && (_records[block].Flags & (BlockFlags.Zeroing | BlockFlags.Split)) == 0;

    private bool IsZeroed(int block) => (_records[block].Flags & BlockFlags.Zeroed) != 0;

    private int EndOf(int group) => Math.Min((group + 1) * BlocksPerGroup, Count);

    private bool TryFindFreeIn(int group, bool zeroed, out int block)
    {
        for (block = group * BlocksPerGroup; block < EndOf(group); block++)
        {
            if (IsFree(block) && IsZeroed(block) == zeroed)
            {
                return true;
            }
        }

        block = -1;
        return false;
    }

    /// <summary>Of several runs of the same length, the one with the most blocks that are zeroed.</summary>
    private void FindRunIn(int group, int wanted, out int first, out int count)
    {
        first = 0;
        count = 0;
        int length = 0;
        int zeroed = 0;
        int bestZeroed = -1;
        for (int block = group * BlocksPerGroup; block < EndOf(group) && bestZeroed < wanted; block++)
        {
            if (!IsFree(block))
            {
                length = 0;
                zeroed = 0;
                continue;
            }

            if (length == wanted)
            {
                length--;
                zeroed -= IsZeroed(block - wanted) ? 1 : 0;
            }

            length++;
            zeroed += IsZeroed(block) ? 1 : 0;
            if (length > count || (length == count && zeroed > bestZeroed))
            {
                first = block - length + 1;
                count = length;
                bestZeroed = zeroed;
            }
        }
    }
}

// SPDX-License-Identifier: MIT
using System;

namespace Hypervisor.Memory;

/// <summary>
/// Who owns which frame of the machine's RAM. There is one record per 2 MiB block; a block is split into 4 KiB frames
/// only when such are asked for. Guest RAM is handed out in whole blocks, and in long runs where there are any, so that
/// nested tables can map it with large pages. Frames of guests never share a block with the hypervisor's.
/// </summary>
public sealed unsafe class FrameAllocator
{
    public const ulong FrameSize = 4096;
    public const ulong BlockSize = 2UL << 20;
    public const int FramesPerBlock = 512;

    /// <summary>The owner number of what belongs to the hypervisor itself; VMs are named by their slot.</summary>
    public const int Host = -1;

    /// <summary>Owners that are counted: the slots of the VM windows.</summary>
    public const int OwnerCount = 64;

    /// <summary>Blocks of an aligned GiB, the largest page of a nested table.</summary>
    private const int BlocksPerGroup = 512;

    private const int KindCount = (int)FrameKind.Quarantined + 1;

    private readonly SharedLock _lock = new(LockRank.Frames, "frames");
    private readonly long[] _framesOfKind = new long[KindCount];
    private readonly long[] _framesOfOwner = new long[OwnerCount];
    private readonly ushort[] _freeInGroup;
    private readonly BlockRecord* _blocks;
    private readonly int _blockCount;
    private int _partialHost = -1;
    private int _partialGuest = -1;
    private int _zeroedBlocks;

    /// <summary>
    /// Takes over the machine's RAM: <paramref name="map"/> is the firmware's map (areas of kind Free are RAM; anything
    /// else wins where areas overlap), <paramref name="taken"/> what already lies in it. The records are put into the
    /// first stretch below 4 GiB that is large enough; the direct map covers that much at this moment.
    /// </summary>
    public FrameAllocator(ReadOnlySpan<MemoryArea> map, ReadOnlySpan<MemoryArea> taken)
    {
        var builder = new FrameMapBuilder(map, taken);
        _blockCount = builder.BlockCount;
        _blocks = (BlockRecord*)DirectMap.ToPointer(builder.PlaceRecords());
        _freeInGroup = new ushort[(_blockCount + BlocksPerGroup - 1) / BlocksPerGroup];
        for (int block = 0; block < _blockCount; block++)
        {
            AddBlock(ref builder, block);
        }
    }

    /// <summary>Frames that are free.</summary>
    public long FreeFrames => _framesOfKind[(int)FrameKind.Free];

    /// <summary>Free blocks that are known to hold zeroes.</summary>
    public int ZeroedBlocks => _zeroedBlocks;

    /// <summary>The number of 2 MiB blocks from physical 0 to the end of RAM.</summary>
    public int BlockCount => _blockCount;

    /// <summary>
    /// Frames of a kind at this moment. Reserved counts only what lies in blocks that have RAM at all.
    /// </summary>
    public long Count(FrameKind kind) => _framesOfKind[(int)kind];

    /// <summary>Frames that a VM owns at this moment, of all kinds.</summary>
    public long CountOfOwner(int owner) => _framesOfOwner[owner];

    /// <summary>
    /// Takes one zeroed 4 KiB frame for <paramref name="owner"/> (a VM slot, or
    /// <see cref="Host"/>); false where memory has run out.
    /// </summary>
    public bool TryAllocateFrame(FrameKind kind, int owner, out HostPhysical frame)
    {
        bool forGuest = kind == FrameKind.GuestRam;
        _lock.Acquire();
        int block = forGuest ? _partialGuest : _partialHost;
        if (block < 0 && !TrySplitFreeBlock(forGuest, out block))
        {
            _lock.Release();
            frame = default;
            return false;
        }

        int index = PopFreeFrame(block);
        ref FrameRecord record = ref Records(block)[index];
        bool zeroed = (record.Flags & BlockFlags.Zeroed) != 0;
        record = new FrameRecord { Owner = (short)owner, Kind = kind, References = 1 };
        Recount(FrameKind.Free, Host, kind, owner, 1);
        _lock.Release();
        frame = FrameAddress(block, index);
        if (!zeroed)
        {
            new Span<byte>(DirectMap.ToPointer(frame), (int)FrameSize).Clear();
        }

        return true;
    }

    /// <summary>Gives a frame back. One that a device may still write to is quarantined instead: false.</summary>
    public bool FreeFrame(HostPhysical frame)
    {
        int block = BlockOf(frame);
        int index = (int)(frame.OffsetIn(BlockSize) / FrameSize);
        _lock.Acquire();
        bool isSplit = (_blocks[block].Flags & BlockFlags.Split) != 0 && index != _blocks[block].References;
        if (!isSplit || !IsOwned(Records(block)[index].Kind))
        {
            _lock.Release();
            CurrentProcessor.Fail("a frame is freed that is not in use");
            return false;
        }

        ref FrameRecord record = ref Records(block)[index];
        bool reusable = record.Pins == 0;
        Recount(record.Kind, record.Owner, reusable ? FrameKind.Free : FrameKind.Quarantined, Host, 1);
        if (reusable)
        {
            PushFreeFrame(block, index);
        }
        else
        {
            record.Kind = FrameKind.Quarantined;
            record.Owner = Host;
        }

        _lock.Release();
        return reusable;
    }

    /// <summary>
    /// Takes a run of at most <paramref name="wanted"/> free blocks that follow each other, as long as there is: a
    /// whole aligned GiB where at least that many are wanted and one is free. False where no block is free. The content
    /// is what it was; see <see cref="IsZeroed"/>.
    /// </summary>
    public bool TryAllocateBlocks(int wanted, FrameKind kind, int owner, out HostPhysical start, out int count)
    {
        _lock.Acquire();
        bool found = TryFindRun(wanted, out int first, out count);
        for (int block = first; block < first + count; block++)
        {
            TakeFreeBlock(block);
            ref BlockRecord record = ref _blocks[block];
            record.Kind = kind;
            record.Owner = (short)owner;
            record.References = 1;
        }

        Recount(FrameKind.Free, Host, kind, owner, count * (long)FramesPerBlock);
        _lock.Release();
        start = new HostPhysical((ulong)first * BlockSize);
        return found;
    }

    /// <summary>Gives a whole block back. One that a device may still write to is quarantined instead: false.</summary>
    public bool FreeBlock(HostPhysical address)
    {
        int block = BlockOf(address);
        _lock.Acquire();
        ref BlockRecord record = ref _blocks[block];
        if ((record.Flags & (BlockFlags.Split | BlockFlags.Zeroing)) != 0 || !IsOwned(record.Kind))
        {
            _lock.Release();
            CurrentProcessor.Fail("a block is freed that is not in use");
            return false;
        }

        bool reusable = record.Pins == 0;
        Recount(record.Kind, record.Owner, reusable ? FrameKind.Free : FrameKind.Quarantined, Host, FramesPerBlock);
        if (reusable)
        {
            MakeFreeBlock(block, BlockFlags.None);
        }
        else
        {
            record.Kind = FrameKind.Quarantined;
            record.Owner = Host;
        }

        _lock.Release();
        return reusable;
    }

    /// <summary>Frees the frames of a module (whole pages), once its content has been used.</summary>
    public void FreeModule(HostPhysical start, ulong length)
    {
        ulong end = start.Value + ((length + FrameSize - 1) & ~(FrameSize - 1));
        ulong address = start.Value;
        while (address < end)
        {
            int block = BlockOf(new HostPhysical(address));
            bool isSplit = (_blocks[block].Flags & BlockFlags.Split) != 0;
            if (isSplit && KindOf(new HostPhysical(address)) == FrameKind.Module)
            {
                _ = FreeFrame(new HostPhysical(address));
            }
            else if (!isSplit && _blocks[block].Kind == FrameKind.Module)
            {
                FreeWholeModuleBlock(block, address, end);
            }

            address += isSplit ? FrameSize : BlockSize - (address & (BlockSize - 1));
        }
    }

    /// <summary>What the frame at an address is used for; Reserved beyond the end of RAM.</summary>
    public FrameKind KindOf(HostPhysical address)
    {
        ulong number = address.Value / BlockSize;
        if (number >= (ulong)_blockCount)
        {
            return FrameKind.Reserved;
        }

        ref BlockRecord record = ref _blocks[number];
        return (record.Flags & BlockFlags.Split) == 0
            ? record.Kind
            : Records((int)number)[address.OffsetIn(BlockSize) / FrameSize].Kind;
    }

    /// <summary>The VM slot that owns the frame at an address, or <see cref="Host"/>.</summary>
    public int OwnerOf(HostPhysical address)
    {
        int block = BlockOf(address);
        ref BlockRecord record = ref _blocks[block];
        return (record.Flags & BlockFlags.Split) == 0
            ? record.Owner
            : Records(block)[address.OffsetIn(BlockSize) / FrameSize].Owner;
    }

    /// <summary>True where a block that was handed out held nothing but zeroes at that moment.</summary>
    public bool IsZeroed(HostPhysical block) => (_blocks[BlockOf(block)].Flags & BlockFlags.Zeroed) != 0;

    /// <summary>A transfer of a real device into the frame begins: until the pin is gone it is not reused.</summary>
    public void Pin(HostPhysical address) => ChangePins(address, 1);

    /// <summary>The transfer has ended.</summary>
    public void Unpin(HostPhysical address) => ChangePins(address, -1);

    /// <summary>Takes a free block out of circulation to zero it; false where none needs it.</summary>
    public bool TryBeginZeroing(out HostPhysical start)
    {
        start = default;
        _lock.Acquire();
        bool found = TryFindFree(zeroed: false, out int block);
        if (found)
        {
            TakeFreeBlock(block);
            _blocks[block].Kind = FrameKind.Free;
            _blocks[block].Flags = BlockFlags.Zeroing;
            start = new HostPhysical((ulong)block * BlockSize);
        }

        _lock.Release();
        return found;
    }

    /// <summary>The block that <see cref="TryBeginZeroing"/> gave holds zeroes now, and is free again.</summary>
    public void EndZeroing(HostPhysical start)
    {
        _lock.Acquire();
        MakeFreeBlock(BlockOf(start), BlockFlags.Zeroed);
        _lock.Release();
    }

    /// <summary>
    /// Takes back every frame that a VM slot still owns; only for a VM that no processor and no device knows any more.
    /// Looks at every frame of the machine's split blocks: for host tasks.
    /// </summary>
    public void ReclaimOwner(int owner)
    {
        for (int block = 0; block < _blockCount && _framesOfOwner[owner] != 0; block++)
        {
            var start = new HostPhysical((ulong)block * BlockSize);
            if ((_blocks[block].Flags & BlockFlags.Split) == 0)
            {
                if (IsOwned(_blocks[block].Kind) && _blocks[block].Owner == owner)
                {
                    _ = FreeBlock(start);
                }

                continue;
            }

            for (int index = 0; index < FramesPerBlock && (_blocks[block].Flags & BlockFlags.Split) != 0; index++)
            {
                ref FrameRecord record = ref Records(block)[index];
                if (index != _blocks[block].References && IsOwned(record.Kind) && record.Owner == owner)
                {
                    _ = FreeFrame(FrameAddress(block, index));
                }
            }
        }
    }

    private static bool IsOwned(FrameKind kind) =>
        kind is not (FrameKind.Free or FrameKind.Reserved or FrameKind.Quarantined);

    private static HostPhysical FrameAddress(int block, int index) =>
        new(((ulong)block * BlockSize) + ((ulong)index * FrameSize));

    private int BlockOf(HostPhysical address)
    {
        ulong number = address.Value / BlockSize;
        return number < (ulong)_blockCount ? (int)number : throw new IndexOutOfRangeException();
    }

    private FrameRecord* Records(int block) =>
        (FrameRecord*)DirectMap.ToPointer(FrameAddress(block, _blocks[block].References));

    private void Recount(FrameKind from, int oldOwner, FrameKind to, int newOwner, long frames)
    {
        _framesOfKind[(int)from] -= frames;
        _framesOfKind[(int)to] += frames;
        if (oldOwner >= 0)
        {
            _framesOfOwner[oldOwner] -= frames;
        }

        if (newOwner >= 0)
        {
            _framesOfOwner[newOwner] += frames;
        }
    }

    private void AddBlock(ref FrameMapBuilder builder, int block)
    {
        ref BlockRecord record = ref _blocks[block];
        record = new BlockRecord { Next = -1, Previous = -1, Owner = Host };
        if (builder.TryGetUniformKind(block, out FrameKind uniform))
        {
            record.Kind = uniform;
            _framesOfKind[(int)uniform] += builder.IsRam(block) ? FramesPerBlock : 0;
            if (uniform == FrameKind.Free)
            {
                MakeFreeBlock(block, BlockFlags.None);
            }

            return;
        }

        int header = builder.FindFreeFrame(block);
        if (header < 0)
        {
            // No frame is left for the records: what lies here stays for good.
            record.Kind = FrameKind.Reserved;
            _framesOfKind[(int)FrameKind.Reserved] += FramesPerBlock;
            return;
        }

        record.Flags = BlockFlags.Split;
        record.Kind = FrameKind.Kernel;
        record.References = (ushort)header;
        BeginRecords(block, header);
        for (int index = FramesPerBlock - 1; index >= 0; index--)
        {
            FrameKind kind = index == header ? FrameKind.Kernel : builder.KindOfFrame(block, index);
            _framesOfKind[(int)kind]++;
            if (kind == FrameKind.Free)
            {
                PushFreeFrame(block, index);
            }
            else if (index != header)
            {
                Records(block)[index] = new FrameRecord { Owner = Host, Kind = kind, References = 1 };
            }
        }
    }

    private void BeginRecords(int block, int header) =>
        Records(block)[header] =
            new FrameRecord { Owner = Host, Kind = FrameKind.Kernel, References = FrameRecord.None };

    private bool TrySplitFreeBlock(bool forGuest, out int block)
    {
        if (!TryFindFree(zeroed: true, out block) && !TryFindFree(zeroed: false, out block))
        {
            return false;
        }

        BlockFlags content = _blocks[block].Flags & BlockFlags.Zeroed;
        TakeFreeBlock(block);
        ref BlockRecord record = ref _blocks[block];
        record.Flags = BlockFlags.Split;
        record.Kind = forGuest ? FrameKind.GuestRam : FrameKind.Kernel;
        record.References = 0;
        BeginRecords(block, 0);
        Recount(FrameKind.Free, Host, FrameKind.Kernel, Host, 1);
        for (int index = FramesPerBlock - 1; index > 0; index--)
        {
            AddFreeFrame(block, index, content);
        }

        Link(block);
        return true;
    }

    private int PopFreeFrame(int block)
    {
        FrameRecord* records = Records(block);
        ref FrameRecord header = ref records[_blocks[block].References];
        int index = header.References;
        header.References = records[index].References;
        header.Pins--;
        if (header.Pins == 0)
        {
            Unlink(block);
        }

        return index;
    }

    /// <summary>Puts a frame on its block's list; returns how many are on it now.</summary>
    private int AddFreeFrame(int block, int index, BlockFlags content)
    {
        FrameRecord* records = Records(block);
        ref FrameRecord header = ref records[_blocks[block].References];
        ushort next = header.References;
        records[index] = new FrameRecord { Owner = Host, Kind = FrameKind.Free, Flags = content, References = next };
        header.References = (ushort)index;
        return ++header.Pins;
    }

    private void PushFreeFrame(int block, int index)
    {
        int free = AddFreeFrame(block, index, BlockFlags.None);
        if (free == 1)
        {
            Link(block);
        }
        else if (free == FramesPerBlock - 1)
        {
            // The last frame came back: one block again.
            Unlink(block);
            Recount(FrameKind.Kernel, Host, FrameKind.Free, Host, 1);
            MakeFreeBlock(block, BlockFlags.None);
        }
    }

    private void Link(int block)
    {
        ref int head = ref _blocks[block].Kind == FrameKind.GuestRam ? ref _partialGuest : ref _partialHost;
        _blocks[block].Previous = -1;
        _blocks[block].Next = head;
        if (head >= 0)
        {
            _blocks[head].Previous = block;
        }

        head = block;
    }

    private void Unlink(int block)
    {
        ref int head = ref _blocks[block].Kind == FrameKind.GuestRam ? ref _partialGuest : ref _partialHost;
        ref BlockRecord record = ref _blocks[block];
        if (record.Previous >= 0)
        {
            _blocks[record.Previous].Next = record.Next;
        }
        else
        {
            head = record.Next;
        }

        if (record.Next >= 0)
        {
            _blocks[record.Next].Previous = record.Previous;
        }
    }

    private void MakeFreeBlock(int block, BlockFlags content)
    {
        _blocks[block] =
            new BlockRecord { Next = -1, Previous = -1, Owner = Host, Kind = FrameKind.Free, Flags = content };
        _freeInGroup[block / BlocksPerGroup]++;
        _zeroedBlocks += content == BlockFlags.Zeroed ? 1 : 0;
    }

    private void TakeFreeBlock(int block)
    {
        _freeInGroup[block / BlocksPerGroup]--;
        _zeroedBlocks -= (_blocks[block].Flags & BlockFlags.Zeroed) != 0 ? 1 : 0;
    }

    private bool IsFreeBlock(int block) =>
        _blocks[block].Kind == FrameKind.Free && (_blocks[block].Flags & (BlockFlags.Zeroing | BlockFlags.Split)) == 0;

    /// <summary>
    /// A free block with or without known content, from the lowest group that is not whole if there is one.
    /// </summary>
    private bool TryFindFree(bool zeroed, out int block)
    {
        block = -1;
        if (zeroed && _zeroedBlocks == 0)
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

    private bool TryFindFreeIn(int group, bool zeroed, out int block)
    {
        int end = Math.Min((group + 1) * BlocksPerGroup, _blockCount);
        for (block = group * BlocksPerGroup; block < end; block++)
        {
            if (IsFreeBlock(block) && ((_blocks[block].Flags & BlockFlags.Zeroed) != 0) == zeroed)
            {
                return true;
            }
        }

        block = -1;
        return false;
    }

    /// <summary>The group to take from: the fullest one that has all that is wanted, else the emptiest.</summary>
    private bool TryFindRun(int wanted, out int first, out int count)
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

    private void FindRunIn(int group, int wanted, out int first, out int count)
    {
        first = 0;
        count = 0;
        int length = 0;
        int end = Math.Min((group + 1) * BlocksPerGroup, _blockCount);
        for (int block = group * BlocksPerGroup; block < end && count < wanted; block++)
        {
            length = IsFreeBlock(block) ? length + 1 : 0;
            if (length > count)
            {
                count = length;
                first = block - length + 1;
            }
        }
    }

    private void ChangePins(HostPhysical address, int change)
    {
        int block = BlockOf(address);
        _lock.Acquire();
        ref BlockRecord record = ref _blocks[block];
        bool isSplit = (record.Flags & BlockFlags.Split) != 0;
        ref ushort pins = ref isSplit
            ? ref Records(block)[address.OffsetIn(BlockSize) / FrameSize].Pins
            : ref record.Pins;
        pins = checked((ushort)(pins + change));
        _lock.Release();
    }

    private void FreeWholeModuleBlock(int block, ulong address, ulong end)
    {
        // A block that a module fills to both edges may still belong to two modules: it goes only as a whole.
        if (address == (ulong)block * BlockSize && end - address >= BlockSize)
        {
            _ = FreeBlock(new HostPhysical(address));
        }
    }
}

// SPDX-License-Identifier: MIT
using System;
using Hypervisor.Runtime;

namespace Hypervisor.Memory;

/// <summary>
/// Who owns which frame of the machine's RAM. There is one record per 2 MiB block; a block is split into 4 KiB frames
/// only when such are asked for. Guest RAM is handed out in whole blocks, and in long runs where there are any, so that
/// nested tables can map it with large pages. Frames of guests never share a block with the hypervisor's.
/// </summary>
public sealed class FrameAllocator
{
    public const ulong FrameSize = 4096;
    public const ulong BlockSize = 2UL << 20;
    public const int FramesPerBlock = 512;

    /// <summary>The owner number of what belongs to the hypervisor itself; VMs are named by their slot.</summary>
    public const int Host = -1;

    /// <summary>Owners that are counted: the slots of the VM windows.</summary>
    public const int OwnerCount = 64;

    private readonly SharedLock _lock = new(LockRank.Frames, "frames");
    private readonly FrameCounts _counts = new();
    private readonly BlockTable _blocks;
    private readonly SplitBlocks _frames;

    /// <summary>
    /// Takes over the machine's RAM: <paramref name="map"/> is the firmware's map (areas of kind Free are RAM; anything
    /// else wins where areas overlap), <paramref name="taken"/> what already lies in it. The records are put into the
    /// first stretch below 4 GiB that is large enough; the direct map covers that much at this moment.
    /// </summary>
    public FrameAllocator(ReadOnlySpan<MemoryArea> map, ReadOnlySpan<MemoryArea> taken)
    {
        var builder = new FrameMapBuilder(map, taken);
        _blocks = new BlockTable(builder.PlaceRecords(), builder.BlockCount);
        _frames = new SplitBlocks(_blocks, _counts);
        new FrameTakeover(_blocks, _frames, _counts).TakeOver(ref builder);
    }

    /// <summary>Frames that are free.</summary>
    public long FreeFrames => _counts.OfKind(FrameKind.Free);

    /// <summary>
    /// Whole blocks that are free: guest RAM comes in nothing smaller. One that is being zeroed is not among them.
    /// </summary>
    public int FreeBlocks => _blocks.FreeCount;

    /// <summary>Free blocks that are known to hold zeroes.</summary>
    public int ZeroedBlocks => _blocks.ZeroedCount;

    /// <summary>The number of 2 MiB blocks from physical 0 to the end of RAM.</summary>
    public int BlockCount => _blocks.Count;

    /// <summary>
    /// Frames of a kind at this moment. Reserved counts only what lies in blocks that have RAM at all.
    /// </summary>
    public long Count(FrameKind kind) => _counts.OfKind(kind);

    /// <summary>Frames that a VM owns at this moment, of all kinds.</summary>
    public long CountOfOwner(int owner) => _counts.OfOwner(owner);

    /// <summary>
    /// Takes one zeroed 4 KiB frame for <paramref name="owner"/> (a VM slot, or
    /// <see cref="Host"/>); false where memory has run out.
    /// </summary>
    public bool TryAllocateFrame(FrameKind kind, int owner, out HostPhysical frame)
    {
        _lock.Acquire();
        if (!_frames.TryTake(kind == FrameKind.GuestRam, out frame))
        {
            _lock.Release();
            return false;
        }

        ref FrameRecord record = ref _frames.RecordOf(frame);
        bool zeroed = (record.Flags & BlockFlags.Zeroed) != 0;
        record = new FrameRecord { Owner = (short)owner, Kind = kind, References = 1 };
        _counts.Move(FrameKind.Free, Host, kind, owner, 1);
        _lock.Release();
        if (!zeroed)
        {
            DirectMap.Clear(frame, (int)FrameSize);
        }

        return true;
    }

    /// <summary>Gives a frame back. One that a device may still write to is quarantined instead: false.</summary>
    public bool FreeFrame(HostPhysical frame)
    {
        // An address beyond the end of RAM is a fault here, before the lock is held.
        int block = _blocks.NumberOf(frame);
        _lock.Acquire();
        if (!_frames.IsFrame(block, frame) || !IsOwned(_frames.RecordOf(frame).Kind))
        {
            _lock.Release();
            CurrentProcessor.Fail("a frame is freed that is not in use");
            return false;
        }

        ref FrameRecord record = ref _frames.RecordOf(frame);
        bool reusable = record.Pins == 0;
        _counts.Move(record.Kind, record.Owner, reusable ? FrameKind.Free : FrameKind.Quarantined, Host, 1);
        if (reusable)
        {
            _frames.Return(frame);
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
        bool found = _blocks.TryFindRun(wanted, out int first, out count);
        for (int block = first; block < first + count; block++)
        {
            _blocks.Take(block);
            ref BlockRecord record = ref _blocks[block];
            record.Kind = kind;
            record.Owner = (short)owner;
            record.References = 1;
        }

        _counts.Move(FrameKind.Free, Host, kind, owner, count * (long)FramesPerBlock);
        _lock.Release();
        start = BlockTable.AddressOf(first);
        return found;
    }

    /// <summary>Gives a whole block back. One that a device may still write to is quarantined instead: false.</summary>
    public bool FreeBlock(HostPhysical address)
    {
        int block = _blocks.NumberOf(address);
        _lock.Acquire();
        ref BlockRecord record = ref _blocks[block];
        if ((record.Flags & (BlockFlags.Split | BlockFlags.Zeroing)) != 0 || !IsOwned(record.Kind))
        {
            _lock.Release();
            CurrentProcessor.Fail("a block is freed that is not in use");
            return false;
        }

        bool reusable = record.Pins == 0;
        FrameKind left = reusable ? FrameKind.Free : FrameKind.Quarantined;
        _counts.Move(record.Kind, record.Owner, left, Host, FramesPerBlock);
        if (reusable)
        {
            _blocks.MakeFree(block, BlockFlags.None);
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
            int block = _blocks.NumberOf(new HostPhysical(address));
            bool isSplit = _blocks.IsSplit(block);
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
        if (address.Value / BlockSize >= (ulong)_blocks.Count)
        {
            return FrameKind.Reserved;
        }

        int block = _blocks.NumberOf(address);
        return _blocks.IsSplit(block) ? _frames.RecordOf(address).Kind : _blocks[block].Kind;
    }

    /// <summary>The VM slot that owns the frame at an address, or <see cref="Host"/>.</summary>
    public int OwnerOf(HostPhysical address)
    {
        int block = _blocks.NumberOf(address);
        return _blocks.IsSplit(block) ? _frames.RecordOf(address).Owner : _blocks[block].Owner;
    }

    /// <summary>True where a block that was handed out held nothing but zeroes at that moment.</summary>
    public bool IsZeroed(HostPhysical block) => (_blocks[_blocks.NumberOf(block)].Flags & BlockFlags.Zeroed) != 0;

    /// <summary>
    /// A transfer of a real device into the frame begins: until the pin is gone it is not reused. False where there
    /// are as many pins as can be counted: a guest may ask for more.
    /// </summary>
    public bool TryPin(HostPhysical address)
    {
        _lock.Acquire();
        ref ushort pins = ref PinsOf(address);
        bool hasRoom = pins < ushort.MaxValue;
        pins += hasRoom ? (ushort)1 : (ushort)0;
        _lock.Release();
        return hasRoom;
    }

    /// <summary>The transfer has ended.</summary>
    public void Unpin(HostPhysical address)
    {
        _lock.Acquire();
        ref ushort pins = ref PinsOf(address);
        Invariant.Check(pins > 0);
        pins--;
        _lock.Release();
    }

    /// <summary>Takes a free block out of circulation to zero it; false where none needs it.</summary>
    public bool TryBeginZeroing(out HostPhysical start)
    {
        start = default;
        _lock.Acquire();
        bool found = _blocks.TryFindFree(zeroed: false, out int block);
        if (found)
        {
            _blocks.Take(block);
            _blocks[block].Kind = FrameKind.Free;
            _blocks[block].Flags = BlockFlags.Zeroing;
            start = BlockTable.AddressOf(block);
        }

        _lock.Release();
        return found;
    }

    /// <summary>The block that <see cref="TryBeginZeroing"/> gave holds zeroes now, and is free again.</summary>
    public void EndZeroing(HostPhysical start)
    {
        _lock.Acquire();
        _blocks.MakeFree(_blocks.NumberOf(start), BlockFlags.Zeroed);
        _lock.Release();
    }

    /// <summary>
    /// The block that <see cref="TryBeginZeroing"/> gave could not be zeroed: nobody gets it before the next boot.
    /// </summary>
    public void AbandonZeroing(HostPhysical start)
    {
        _lock.Acquire();
        ref BlockRecord record = ref _blocks[_blocks.NumberOf(start)];
        record.Kind = FrameKind.Quarantined;
        record.Flags = BlockFlags.None;
        _counts.Move(FrameKind.Free, Host, FrameKind.Quarantined, Host, FramesPerBlock);
        _lock.Release();
    }

    /// <summary>
    /// Takes back every frame that a VM slot still owns; only for a VM that no processor and no device knows any more.
    /// Looks at every frame of the machine's split blocks: for host tasks.
    /// </summary>
    public void ReclaimOwner(int owner)
    {
        for (int block = 0; block < _blocks.Count && _counts.OfOwner(owner) != 0; block++)
        {
            var start = BlockTable.AddressOf(block);
            if (!_blocks.IsSplit(block))
            {
                if (IsOwned(_blocks[block].Kind) && _blocks[block].Owner == owner)
                {
                    _ = FreeBlock(start);
                }

                continue;
            }

            for (ulong offset = 0; offset < BlockSize && _blocks.IsSplit(block); offset += FrameSize)
            {
                HostPhysical frame = start.Add(offset);
                ref FrameRecord record = ref _frames.RecordOf(frame);
                if (_frames.IsFrame(block, frame) && IsOwned(record.Kind) && record.Owner == owner)
                {
                    _ = FreeFrame(frame);
                }
            }
        }
    }

    private static bool IsOwned(FrameKind kind) =>
        kind is not (FrameKind.Free or FrameKind.Reserved or FrameKind.Quarantined);

    private ref ushort PinsOf(HostPhysical address)
    {
        int block = _blocks.NumberOf(address);
        return ref _blocks.IsSplit(block) ? ref _frames.RecordOf(address).Pins : ref _blocks[block].Pins;
    }

    private void FreeWholeModuleBlock(int block, ulong address, ulong end)
    {
        // A block that a module fills to both edges may still belong to two modules: it goes only as a whole.
        if (address == BlockTable.AddressOf(block).Value && end - address >= BlockSize)
        {
            _ = FreeBlock(new HostPhysical(address));
        }
    }
}

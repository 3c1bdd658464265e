// SPDX-License-Identifier: MIT
namespace Hypervisor.Memory;

/// <summary>
/// The blocks that are split into 4 KiB frames. The 512 records of such a block lie in one frame of the block itself;
/// that frame's own record is the head of the block's list of free frames. Blocks with a free frame are on one of two
/// lists, so that frames of guests never share a block with the hypervisor's. The allocator's lock guards all of it.
/// </summary>
internal sealed unsafe class SplitBlocks
{
    private readonly BlockTable _blocks;
    private readonly FrameCounts _counts;
    private int _partialHost = -1;
    private int _partialGuest = -1;

    public SplitBlocks(BlockTable blocks, FrameCounts counts)
    {
        _blocks = blocks;
        _counts = counts;
    }

    /// <summary>The record of a frame; its block is split.</summary>
    public ref FrameRecord RecordOf(HostPhysical frame) =>
        ref Records(_blocks.NumberOf(frame))[IndexOf(frame)];

    /// <summary>True where the block is split, and this frame of it does not hold its records.</summary>
    public bool IsFrame(int block, HostPhysical frame) =>
        _blocks.IsSplit(block) && IndexOf(frame) != _blocks[block].References;

    /// <summary>
    /// Splits a block, with its records in frame <paramref name="header"/>. Every other frame is added after that, by
    /// <see cref="Return"/> or with a record of its own.
    /// </summary>
    public void Begin(int block, int header, bool forGuest)
    {
        ref BlockRecord record = ref _blocks[block];
        record.Flags = BlockFlags.Split;
        record.Kind = forGuest ? FrameKind.GuestRam : FrameKind.Kernel;
        record.References = (ushort)header;
        Records(block)[header] = new FrameRecord
        {
            Owner = FrameAllocator.Host,
            Kind = FrameKind.Kernel,
            References = FrameRecord.None,
        };
    }

    /// <summary>
    /// Takes a free frame, out of a block that is split for it where there is none; its record is as it was.
    /// </summary>
    public bool TryTake(bool forGuest, out HostPhysical frame)
    {
        int block = forGuest ? _partialGuest : _partialHost;
        if (block < 0 && !TrySplit(forGuest, out block))
        {
            frame = default;
            return false;
        }

        FrameRecord* records = Records(block);
        ref FrameRecord header = ref records[_blocks[block].References];
        int index = header.References;
        header.References = records[index].References;
        header.Pins--;
        if (header.Pins == 0)
        {
            Unlink(block);
        }

        frame = BlockTable.AddressOf(block).Add((ulong)index * FrameAllocator.FrameSize);
        return true;
    }

    /// <summary>Puts a frame on its block's list. With the last one the block is whole again.</summary>
    public void Return(HostPhysical frame)
    {
        int block = _blocks.NumberOf(frame);
        int free = AddFree(block, IndexOf(frame), BlockFlags.None);
        if (free == 1)
        {
            Link(block);
        }
        else if (free == FrameAllocator.FramesPerBlock - 1)
        {
            Unlink(block);
            _counts.Move(FrameKind.Kernel, FrameAllocator.Host, FrameKind.Free, FrameAllocator.Host, 1);
            _blocks.MakeFree(block, BlockFlags.None);
        }
    }

    private static int IndexOf(HostPhysical frame) =>
        (int)(frame.OffsetIn(FrameAllocator.BlockSize) / FrameAllocator.FrameSize);

    private FrameRecord* Records(int block) => (FrameRecord*)DirectMap.ToPointer(
        BlockTable.AddressOf(block).Add(_blocks[block].References * FrameAllocator.FrameSize));

    private bool TrySplit(bool forGuest, out int block)
    {
        if (!_blocks.TryFindFree(zeroed: true, out block) && !_blocks.TryFindFree(zeroed: false, out block))
        {
            return false;
        }

        BlockFlags content = _blocks[block].Flags & BlockFlags.Zeroed;
        _blocks.Take(block);
        Begin(block, 0, forGuest);
        _counts.Move(FrameKind.Free, FrameAllocator.Host, FrameKind.Kernel, FrameAllocator.Host, 1);
        for (int index = FrameAllocator.FramesPerBlock - 1; index > 0; index--)
        {
            _ = AddFree(block, index, content);
        }

        Link(block);
        return true;
    }

    /// <summary>Returns how many frames of the block are free now.</summary>
    private int AddFree(int block, int index, BlockFlags content)
    {
        FrameRecord* records = Records(block);
        ref FrameRecord header = ref records[_blocks[block].References];
        records[index] = new FrameRecord
        {
            Owner = FrameAllocator.Host,
            Kind = FrameKind.Free,
            Flags = content,
            References = header.References,
        };
        header.References = (ushort)index;
        return ++header.Pins;
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
}

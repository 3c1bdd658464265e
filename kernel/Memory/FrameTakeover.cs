// SPDX-License-Identifier: MIT
namespace Hypervisor.Memory;

/// <summary>Enters the machine's memory in the records, as it is at boot.</summary>
internal readonly ref struct FrameTakeover
{
    private readonly BlockTable _blocks;
    private readonly SplitBlocks _frames;
    private readonly FrameCounts _counts;

    public FrameTakeover(BlockTable blocks, SplitBlocks frames, FrameCounts counts)
    {
        _blocks = blocks;
        _frames = frames;
        _counts = counts;
    }

    public void TakeOver(ref FrameMapBuilder map)
    {
        for (int block = 0; block < _blocks.Count; block++)
        {
            _blocks[block] = new BlockRecord { Next = -1, Previous = -1, Owner = FrameAllocator.Host };
            if (map.TryGetUniformKind(block, out FrameKind kind))
            {
                AddWhole(block, kind, map.IsRam(block));
            }
            else
            {
                AddMixed(ref map, block);
            }
        }
    }

    private void AddWhole(int block, FrameKind kind, bool isRam)
    {
        _blocks[block].Kind = kind;
        _counts.Add(kind, isRam ? FrameAllocator.FramesPerBlock : 0);
        if (kind == FrameKind.Free)
        {
            _blocks.MakeFree(block, BlockFlags.None);
        }
    }

    private void AddMixed(ref FrameMapBuilder map, int block)
    {
        int header = map.FindFreeFrame(block);
        if (header < 0)
        {
            // No frame is left for the records: what lies here stays for good.
            AddWhole(block, FrameKind.Reserved, isRam: true);
            return;
        }

        _frames.Begin(block, header, forGuest: false);
        for (int index = FrameAllocator.FramesPerBlock - 1; index >= 0; index--)
        {
            HostPhysical frame = BlockTable.AddressOf(block).Add((ulong)index * FrameAllocator.FrameSize);
            FrameKind kind = index == header ? FrameKind.Kernel : map.KindOfFrame(block, index);
            _counts.Add(kind, 1);
            if (kind == FrameKind.Free)
            {
                _frames.Return(frame);
            }
            else if (index != header)
            {
                _frames.RecordOf(frame) =
                    new FrameRecord { Owner = FrameAllocator.Host, Kind = kind, References = 1 };
            }
        }
    }
}

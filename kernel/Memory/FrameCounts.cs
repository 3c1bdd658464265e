// SPDX-License-Identifier: MIT
namespace Hypervisor.Memory;

/// <summary>How many 4 KiB frames there are of each kind, and how many each VM owns.</summary>
internal sealed class FrameCounts
{
    private readonly long[] _ofKind = new long[(int)FrameKind.Quarantined + 1];
    private readonly long[] _ofOwner = new long[FrameAllocator.OwnerCount];

    public long OfKind(FrameKind kind) => _ofKind[(int)kind];

    public long OfOwner(int owner) => _ofOwner[owner];

    /// <summary>While the machine's memory is taken over: frames that nobody has counted yet.</summary>
    public void Add(FrameKind kind, long frames) => _ofKind[(int)kind] += frames;

    /// <summary>Frames change their kind and their owner, who may be the host.</summary>
    public void Move(FrameKind from, int oldOwner, FrameKind to, int newOwner, long frames)
    {
        _ofKind[(int)from] -= frames;
        _ofKind[(int)to] += frames;
        if (oldOwner >= 0)
        {
            _ofOwner[oldOwner] -= frames;
        }

        if (newOwner >= 0)
        {
            _ofOwner[newOwner] += frames;
        }
    }
}

// SPDX-License-Identifier: MIT
using System;

namespace Hypervisor.Memory;

/// <summary>
/// Keeps RAM of one VM in place for transfers of real devices, and says where it lies. A frame with a pin is not handed
/// out again, even after its VM is gone.
/// </summary>
public sealed class DmaPins
{
    private readonly VmWindow _window;
    private readonly FrameAllocator _frames;

    internal DmaPins(VmWindow window, FrameAllocator frames)
    {
        _window = window;
        _frames = frames;
    }

    /// <summary>
    /// Pins the RAM at [start, start + length), numbers that a guest chose, and lists its segments in their order.
    /// False, with nothing pinned, where part of it is no RAM, where there are more segments than
    /// <paramref name="segments"/> has room for, or where a frame has as many pins as can be counted.
    /// </summary>
    public bool TryPin(GuestPhysical start, ulong length, Span<DmaSegment> segments, out int count)
    {
        count = 0;
        ulong done = 0;
        while (done < length)
        {
            if (count == segments.Length
                || !start.TryAdd(done, out GuestPhysical next)
                || !_window.TryTranslate(next, out HostPhysical physical, out ulong run))
            {
                break;
            }

            ulong part = Math.Min(run, length - done);
            if (!TryPinBlocks(physical, part))
            {
                break;
            }

            segments[count++] = new DmaSegment(new DmaAddress(physical.Value), part);
            done += part;
        }

        if (done < length)
        {
            Unpin(segments.Slice(0, count));
            count = 0;
            return false;
        }

        return true;
    }

    /// <summary>The transfer to or from what <see cref="TryPin"/> listed has ended.</summary>
    public void Unpin(ReadOnlySpan<DmaSegment> segments)
    {
        foreach (DmaSegment segment in segments)
        {
            UnpinBlocks(new HostPhysical(segment.Start.Value), segment.Length);
        }
    }

    private bool TryPinBlocks(HostPhysical start, ulong length)
    {
        ulong first = start.AlignDown(FrameAllocator.BlockSize).Value;
        for (ulong block = first; block < start.Value + length; block += FrameAllocator.BlockSize)
        {
            if (!_frames.TryPin(new HostPhysical(block)))
            {
                UnpinBlocks(new HostPhysical(first), block - first);
                return false;
            }
        }

        return true;
    }

    private void UnpinBlocks(HostPhysical start, ulong length)
    {
        ulong first = start.AlignDown(FrameAllocator.BlockSize).Value;
        for (ulong block = first; block < start.Value + length; block += FrameAllocator.BlockSize)
        {
            _frames.Unpin(new HostPhysical(block));
        }
    }
}

// SPDX-License-Identifier: MIT
using System;

namespace Hypervisor.Memory;

/// <summary>
/// A stretch of addresses that objects are allocated from one behind the other and are never freed singly: the boot
/// region, or that of one VM, which goes as a whole with its window. It grows by zeroed 4 KiB frames.
/// </summary>
public sealed class Region
{
    /// <summary>
    /// What a context takes at a time, in bytes; what it does not use goes back when it leaves the region.
    /// </summary>
    private const ulong ChunkSize = FrameAllocator.FrameSize;

    private readonly SharedLock _lock = new(LockRank.Region, "region");
    private readonly AddressSpace _space;
    private readonly FrameAllocator _frames;
    private readonly TableFrames _tables;
    private readonly FrameKind _kind;
    private readonly ulong _start;
    private readonly ulong _limit;
    private ulong _next;
    private ulong _mapped;
    private ulong _sealedLimit;
    private bool _isSealed;
    private long _allocationsAfterSeal;

    /// <summary>
    /// A region without memory yet: at most <paramref name="size"/> bytes at <paramref name="start"/>, of frames of
    /// <paramref name="kind"/> that belong to the VM <paramref name="slot"/> (or to the hypervisor, -1).
    /// </summary>
    public Region(
        AddressSpace space, FrameAllocator frames, TableFrames tables, HostVirtual start, ulong size, FrameKind kind,
        int slot, VmLife? life)
    {
        _space = space;
        _frames = frames;
        _tables = tables;
        _start = start.Value;
        _limit = start.Value + size;
        _kind = kind;
        Slot = slot;
        Life = life;
        Reset();
    }

    /// <summary>The VM's slot; -1 is the boot region.</summary>
    public int Slot { get; }

    /// <summary>The life of the VM whose region this is; null for the boot region.</summary>
    public VmLife? Life { get; }

    /// <summary>Bytes that objects and the chunks of running contexts take.</summary>
    public ulong BytesUsed => _next - _start;

    /// <summary>Bytes of frames that the region has.</summary>
    public ulong BytesMapped => _mapped - _start;

    /// <summary>True once nothing should allocate any more: after boot, or after the VM has started.</summary>
    public bool IsSealed => _isSealed;

    /// <summary>
    /// How many objects were allocated although the region was sealed: 0 is what the design promises.
    /// </summary>
    public long AllocationsAfterSeal => _allocationsAfterSeal;

    /// <summary>
    /// From now on every allocation is counted, and only <paramref name="reserve"/> bytes are left for them: enough for
    /// the objects of faults that happen anyway. The calling context's chunk goes back first.
    /// </summary>
    public void Seal(ulong reserve)
    {
        if (CurrentProcessor.Region == this)
        {
            GiveBack(CurrentProcessor.AllocationNext, CurrentProcessor.AllocationLimit);
            CurrentProcessor.SetAllocation(0, 0);
        }

        _isSealed = true;
        _sealedLimit = Math.Min(_limit, _next + reserve);
    }

    /// <summary>
    /// Makes this the region that new allocates from, in the calling context, until the scope that is returned is
    /// left. A fault boundary leaves it too.
    /// </summary>
    public RegionScope Enter()
    {
        var scope = new RegionScope(
            this, CurrentProcessor.Region, CurrentProcessor.AllocationNext, CurrentProcessor.AllocationLimit);
        CurrentProcessor.SetAllocation(0, 0);
        CurrentProcessor.Region = this;
        return scope;
    }

    /// <summary>
    /// The slow path of new: <paramref name="size"/> zeroed bytes (a multiple of 8) for a context whose chunk [next,
    /// limit) is too small. The context goes on with what is left of the new chunk. 0 where memory has run out.
    /// </summary>
    public ulong Allocate(ulong size, ref ulong next, ref ulong limit)
    {
        _lock.Acquire();
        if (limit != _next || _isSealed)
        {
            // Others have taken memory since: what is left of the old chunk is too small and lost.
            next = _next;
        }

        // The chunk is rounded to the end of a frame, so that it is always the region that maps memory, never a fault.
        ulong end = next + size;
        ulong chunkEnd = _isSealed ? end : (end + ChunkSize - 1) & ~(ChunkSize - 1);
        ulong ceiling = _isSealed ? _sealedLimit : _limit;
        bool fits = size <= _limit - _start && end <= ceiling;
        if (fits && TryGrow(Math.Min(chunkEnd, ceiling)))
        {
            _allocationsAfterSeal += _isSealed ? 1 : 0;
            ulong result = next;
            _next = Math.Min(chunkEnd, ceiling);
            next = end;
            limit = _next;
            _lock.Release();
            return result;
        }

        _lock.Release();
        return 0;
    }

    /// <summary>
    /// A context leaves the region: the rest of its chunk may be used by the next, where it is the newest.
    /// </summary>
    public void GiveBack(ulong next, ulong limit)
    {
        _lock.Acquire();
        if (limit == _next && next < limit)
        {
            _next = next;
        }

        _lock.Release();
    }

    /// <summary>The window was destroyed and its frames are gone: ready for the next VM.</summary>
    public void Reset()
    {
        _next = _start;
        _mapped = _start;
        _isSealed = false;
        _sealedLimit = _limit;
        _allocationsAfterSeal = 0;
    }

    /// <summary>Memory that was mapped and used before there were frames is the beginning of this region.</summary>
    internal void Adopt(ulong mapped)
    {
        _next = mapped;
        _mapped = mapped;
    }

    private bool TryGrow(ulong end)
    {
        while (_mapped < end)
        {
            if (!_frames.TryAllocateFrame(_kind, Slot, out HostPhysical frame))
            {
                return false;
            }

            if (!_space.TryMap(new HostVirtual(_mapped), frame, FrameAllocator.FrameSize, PageAccess.Write, _tables))
            {
                _ = _frames.FreeFrame(frame);
                return false;
            }

            _mapped += FrameAllocator.FrameSize;
        }

        return true;
    }
}

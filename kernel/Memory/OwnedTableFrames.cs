// SPDX-License-Identifier: MIT
using System.Threading;

namespace Hypervisor.Memory;

/// <summary>Table frames out of the machine's frame allocator, counted for one owner.</summary>
public sealed class OwnedTableFrames : TableFrames
{
    private readonly FrameAllocator _frames;
    private readonly FrameKind _kind;
    private readonly int _owner;
    private int _inUse;

    /// <summary>
    /// A supply for a VM slot (kind NestedTable or Region) or for the hypervisor itself (kind Kernel).
    /// </summary>
    public OwnedTableFrames(FrameAllocator frames, FrameKind kind, int owner)
    {
        _frames = frames;
        _kind = kind;
        _owner = owner;
    }

    public override int InUse => Volatile.Read(ref _inUse);

    public override bool TryAllocate(out TablePage table)
    {
        bool found = _frames.TryAllocateFrame(_kind, _owner, out HostPhysical frame);
        table = new TablePage(frame);
        _ = Interlocked.Add(ref _inUse, found ? 1 : 0);
        return found;
    }

    public override void Free(TablePage table)
    {
        _ = _frames.FreeFrame(table.Address);
        _ = Interlocked.Decrement(ref _inUse);
    }

    /// <summary>The frames were taken back behind this object: their owner is gone.</summary>
    internal void Forget() => Volatile.Write(ref _inUse, 0);
}

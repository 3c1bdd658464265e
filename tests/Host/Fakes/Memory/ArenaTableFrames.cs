// SPDX-License-Identifier: MIT
using System.Collections.Generic;

namespace Hypervisor.Memory;

/// <summary>
/// Table frames for tests that need no frame allocator: taken from the thread's arena, one after the other.
/// </summary>
public sealed class ArenaTableFrames : TableFrames
{
    private readonly Stack<TablePage> _free = new();
    private readonly HashSet<ulong> _taken = [];
    private readonly int _limit;
    private ulong _next;

    /// <summary>Frames from <paramref name="start"/> on, at most <paramref name="limit"/> in use at a time.</summary>
    public ArenaTableFrames(ulong start = 0x1000_0000, int limit = int.MaxValue)
    {
        _next = start;
        _limit = limit;
    }

    public override int InUse => _taken.Count;

    public override bool TryAllocate(out TablePage table)
    {
        if (_taken.Count >= _limit)
        {
            table = default;
            return false;
        }

        if (!_free.TryPop(out table))
        {
            table = new TablePage(new HostPhysical(_next));
            _next += TablePage.Size;
        }

        table.Clear();
        _ = _taken.Add(table.Address.Value);
        return true;
    }

    public override void Free(TablePage table)
    {
        if (!_taken.Remove(table.Address.Value))
        {
            throw new System.InvalidOperationException("a table frame was freed that is not in use");
        }

        _free.Push(table);
    }
}

// SPDX-License-Identifier: MIT
namespace Hypervisor.Memory;

/// <summary>The time during which a context allocates from a certain region; <see cref="Leave"/> ends it.</summary>
public readonly ref struct RegionScope
{
    private readonly Region _region;
    private readonly Region? _outer;
    private readonly ulong _outerNext;
    private readonly ulong _outerLimit;

    internal RegionScope(Region region, Region? outer, ulong outerNext, ulong outerLimit)
    {
        _region = region;
        _outer = outer;
        _outerNext = outerNext;
        _outerLimit = outerLimit;
    }

    /// <summary>Back to the region that was current before.</summary>
    public void Leave()
    {
        _region.GiveBack(CurrentProcessor.AllocationNext, CurrentProcessor.AllocationLimit);
        CurrentProcessor.SetAllocation(_outerNext, _outerLimit);
        CurrentProcessor.Region = _outer;
    }
}

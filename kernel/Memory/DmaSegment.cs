// SPDX-License-Identifier: MIT
namespace Hypervisor.Memory;

/// <summary>A stretch of a VM's RAM without a gap, as a real device sees it; pinned, it stays where it is.</summary>
public readonly struct DmaSegment
{
    public readonly DmaAddress Start;

    /// <summary>In bytes, never 0.</summary>
    public readonly ulong Length;

    internal DmaSegment(DmaAddress start, ulong length)
    {
        Start = start;
        Length = length;
    }
}

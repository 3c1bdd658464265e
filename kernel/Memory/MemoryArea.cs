// SPDX-License-Identifier: MIT
namespace Hypervisor.Memory;

/// <summary>
/// One entry of the firmware's memory map, or a stretch that something already lies in. Any alignment.
/// </summary>
public readonly struct MemoryArea
{
    public readonly HostPhysical Start;

    /// <summary>Length in bytes.</summary>
    public readonly ulong Length;

    /// <summary>Free for RAM that may be used, Reserved, or the kind of what lies there (Kernel, Module).</summary>
    public readonly FrameKind Kind;

    public MemoryArea(HostPhysical start, ulong length, FrameKind kind)
    {
        Start = start;
        Length = length;
        Kind = kind;
    }

    /// <summary>
    /// True where all of [start, start + length) lies inside. The map may be nonsense: nothing overflows.
    /// </summary>
    public bool Contains(ulong start, ulong length) =>
        start >= Start.Value && length <= Length && start - Start.Value <= Length - length;

    /// <summary>True where [start, start + length) and the area have a byte in common.</summary>
    public bool Intersects(ulong start, ulong length) =>
        Length > 0 && length > 0
            && (start >= Start.Value ? start - Start.Value < Length : Start.Value - start < length);
}

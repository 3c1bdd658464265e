// SPDX-License-Identifier: MIT
namespace Hypervisor.Memory;

/// <summary>A stretch of guest RAM: where the guest sees it and how long it is, in bytes (whole pages).</summary>
public readonly struct GuestRange
{
    public readonly GuestPhysical Start;
    public readonly ulong Length;

    public GuestRange(GuestPhysical start, ulong length)
    {
        Start = start;
        Length = length;
    }

    /// <summary>True where all of [address, address + length) lies inside; never overflows.</summary>
    public bool Contains(GuestPhysical address, ulong length) =>
        address >= Start && length <= Length && address.Value - Start.Value <= Length - length;
}

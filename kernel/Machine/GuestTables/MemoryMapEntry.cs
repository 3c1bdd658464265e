// SPDX-License-Identifier: MIT
using Hypervisor.Memory;

namespace Hypervisor.Machine.GuestTables;

/// <summary>One line of the map of memory that a guest is given.</summary>
public readonly struct MemoryMapEntry
{
    public readonly GuestPhysical Start;

    /// <summary>In bytes.</summary>
    public readonly ulong Length;

    public readonly MemoryKind Kind;

    public MemoryMapEntry(GuestPhysical start, ulong length, MemoryKind kind)
    {
        Start = start;
        Length = length;
        Kind = kind;
    }

    /// <summary>The first byte beyond it.</summary>
    public ulong End => Start.Value + Length;
}

// SPDX-License-Identifier: MIT
using System;

namespace Hypervisor.Machine.GuestLoader;

/// <summary>Where a multiboot header says that a file without ELF headers goes ("address fields"). Physical.</summary>
internal struct FlatPlacement
{
    /// <summary>Where the header itself is to lie.</summary>
    public uint Header;
    public uint LoadStart;

    /// <summary>0: all of the file.</summary>
    public uint LoadEnd;

    /// <summary>The end of what is zeroed behind it; 0: nothing.</summary>
    public uint ZeroEnd;

    /// <summary>The four numbers as both versions of the header store them.</summary>
    public static FlatPlacement Read(ReadOnlySpan<byte> bytes) => new()
    {
        Header = LittleEndian.Read32(bytes, 0),
        LoadStart = LittleEndian.Read32(bytes, 4),
        LoadEnd = LittleEndian.Read32(bytes, 8),
        ZeroEnd = LittleEndian.Read32(bytes, 12),
    };

    /// <summary>Loads the file, in which the header lies at <paramref name="headerOffset"/>.</summary>
    public readonly bool TryPlace(LoadSession session, ulong headerOffset)
    {
        ulong length = session.Request.Kernel.Length;
        if (Header < LoadStart || Header - LoadStart > headerOffset)
        {
            return session.Fail("the addresses in the multiboot header contradict each other");
        }

        ulong offset = headerOffset - (Header - LoadStart);
        ulong loaded = LoadEnd == 0 ? length - offset : LoadEnd - (ulong)LoadStart;
        if (LoadEnd != 0 && LoadEnd < LoadStart)
        {
            return session.Fail("the addresses in the multiboot header contradict each other");
        }

        ulong size = ZeroEnd > LoadStart && ZeroEnd - LoadStart > loaded ? ZeroEnd - (ulong)LoadStart : loaded;
        return session.TryPlace(offset, loaded, LoadStart, size, "the kernel");
    }
}

// SPDX-License-Identifier: MIT
using System;
using Hypervisor.Devices.Chipset;
using Hypervisor.Memory;

namespace Hypervisor.Machine.GuestTables;

/// <summary>
/// The map of memory that a guest is given (e820 and what loaders make of it): RAM around the legacy hole below 1 MiB
/// and around the devices below 4 GiB. All loaders share it.
/// </summary>
public sealed class MemoryMap
{
    private const ulong LegacyHoleBase = 0xA_0000;
    private const ulong LegacyHoleEnd = 0x10_0000;

    private readonly MemoryMapEntry[] _entries;

    private MemoryMap(MemoryMapEntry[] entries)
    {
        _entries = entries;
    }

    /// <summary>The entries by ascending address; they do not overlap.</summary>
    public ReadOnlySpan<MemoryMapEntry> Entries => _entries;

    /// <summary>The end of the RAM that begins at 1 MiB; 1 MiB where there is none.</summary>
    public ulong LowRamEnd
    {
        get
        {
            for (int i = 0; i < _entries.Length; i++)
            {
                if (_entries[i].Start.Value == LegacyHoleEnd)
                {
                    return _entries[i].End;
                }
            }

            return LegacyHoleEnd;
        }
    }

    /// <summary>
    /// Where <paramref name="bytes"/> of RAM lie in a guest: from 0 up to the devices, and the rest from 4 GiB. The
    /// legacy hole is backed (the tables lie in its upper part), and is not given to the guest as RAM.
    /// </summary>
    public static GuestRange[] RangesOf(ulong bytes)
    {
        ulong low = Math.Min(bytes, PcLayout.LowMemoryLimit);
        var first = new GuestRange(new GuestPhysical(0), low);
        return low == bytes
            ? new[] { first }
            : new[] { first, new GuestRange(new GuestPhysical(PcLayout.HighMemoryBase), bytes - low) };
    }

    /// <summary>The map over the given RAM, which is what <see cref="RangesOf"/> returns.</summary>
    public static MemoryMap Build(ReadOnlySpan<GuestRange> ranges)
    {
        var entries = new MemoryMapEntry[5 + ranges.Length];
        int count = 0;
        for (int i = 0; i < ranges.Length; i++)
        {
            ulong start = ranges[i].Start.Value;
            if (start == 0)
            {
                const ulong Conventional = PcLayout.ConventionalMemoryEnd;
                entries[count++] = Entry(0, Conventional, MemoryKind.Ram);
                entries[count++] = Entry(Conventional, LegacyHoleBase, MemoryKind.Reserved);
                entries[count++] = Entry(PcLayout.BiosAreaBase, PcLayout.BiosAreaEnd, MemoryKind.Reserved);
                start = LegacyHoleEnd;
            }

            ulong end = ranges[i].Start.Value + ranges[i].Length;
            if (start >= PcLayout.HighMemoryBase)
            {
                entries[count++] = Ecam();
            }

            if (end > start)
            {
                entries[count++] = Entry(start, end, MemoryKind.Ram);
            }
        }

        if (entries[count - 1].End < PcLayout.EcamBase)
        {
            entries[count++] = Ecam();
        }

        return new MemoryMap(entries.AsSpan(0, count).ToArray());
    }

    /// <summary>True where [start, start + length) is RAM that the guest was given, all of it in one entry.</summary>
    public bool IsRam(ulong start, ulong length)
    {
        for (int i = 0; i < _entries.Length; i++)
        {
            MemoryMapEntry entry = _entries[i];
            if (entry.Kind == MemoryKind.Ram && start >= entry.Start.Value && length <= entry.Length
                && start - entry.Start.Value <= entry.Length - length)
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Linux uses the configuration window only where firmware has reserved it.</summary>
    private static MemoryMapEntry Ecam() =>
        Entry(PcLayout.EcamBase, PcLayout.EcamBase + PcLayout.EcamLength, MemoryKind.Reserved);

    private static MemoryMapEntry Entry(ulong start, ulong end, MemoryKind kind) =>
        new(new GuestPhysical(start), end - start, kind);
}

// SPDX-License-Identifier: MIT
using System;
using Hypervisor.Memory;

namespace Hypervisor.Virtualization;

/// <summary>
/// The one walker of nested page tables: four levels of 512 entries, leaves of 4 KiB, 2 MiB and 1 GiB.
/// </summary>
public sealed class NestedPageTable<TFormat> : GuestMap
    where TFormat : struct, INestedEntryFormat
{
    private const int TopLevel = 4;
    private const int LargestLeaf = 3;

    private readonly TableFrames _frames;
    private readonly TablePage _root;
    private readonly int _largestLeaf;
    private readonly ulong[] _mapped = new ulong[LargestLeaf + 1];
    private TFormat _format;
    private TablePage? _ownPage;

    /// <param name="frames">Where tables come from.</param>
    /// <param name="root">An empty table out of <paramref name="frames"/>.</param>
    /// <param name="largestLeaf">The level of the largest page that the processor knows: 2 or 3.</param>
    public NestedPageTable(TableFrames frames, TablePage root, int largestLeaf)
    {
        _frames = frames;
        _root = root;
        _largestLeaf = largestLeaf;
        _format = default;
    }

    public override HostPhysical Root => _root.Address;

    public override ulong MappedAt(int level) => _mapped[level];

    public override bool Map(GuestPhysical start, HostPhysical frame, ulong length, GuestAccess access)
    {
        RequirePages(start, length);
        ulong done = 0;
        while (done < length)
        {
            GuestPhysical address = start.Add(done);
            HostPhysical target = frame.Add(done);
            int level = LeafLevelFor(address, target, length - done);
            if (!TryMapLeaf(address, target, ref level, access))
            {
                return false;
            }

            done += SizeOf(level);
        }

        return true;
    }

    public override bool TryAddPage(GuestPhysical address, GuestAccess access)
    {
        if (!_frames.TryAllocate(out TablePage page))
        {
            return false;
        }

        _ownPage = page;
        return Map(address, page.Address, PageSize, access);
    }

    public override bool Protect(GuestPhysical start, ulong length, GuestAccess access) =>
        TryChange(start, length, isUnmap: false, access);

    public override bool Unmap(GuestPhysical start, ulong length) =>
        TryChange(start, length, isUnmap: true, GuestAccess.None);

    public override bool TryTranslate(GuestPhysical address, out HostPhysical frame, out GuestAccess access)
    {
        TablePage table = Find(address, 1, out int level);
        ulong entry = table[IndexAt(address, level)];
        if (!_format.IsPresent(entry))
        {
            frame = default;
            access = GuestAccess.None;
            return false;
        }

        frame = _format.AddressOf(entry, level).Add(address.OffsetIn(SizeOf(level)));
        access = _format.AccessOf(entry);
        return true;
    }

    public override void Free()
    {
        if (_ownPage is { } page)
        {
            _frames.Free(page);
        }

        FreeTable(_root, TopLevel);
    }

    private static void RequirePages(GuestPhysical start, ulong length)
    {
        if (((start.Value | length) & (PageSize - 1)) != 0)
        {
            throw new ArgumentException("a guest map changes in whole pages");
        }
    }

    private static ulong SizeOf(int level) => PageSize << (9 * (level - 1));

    private static int IndexAt(GuestPhysical address, int level) => (int)(address.Value >> (3 + (9 * level))) & 511;

    private int LeafLevelFor(GuestPhysical address, HostPhysical frame, ulong length)
    {
        int level = _largestLeaf;
        while (level > 1 && (((address.Value | frame.Value) & (SizeOf(level) - 1)) != 0 || length < SizeOf(level)))
        {
            level--;
        }

        return level;
    }

    /// <summary>Maps one page; where a table stands in a large page's way the page becomes smaller.</summary>
    private bool TryMapLeaf(GuestPhysical address, HostPhysical frame, ref int level, GuestAccess access)
    {
        TablePage table = Find(address, level, out int reached);
        while (reached > level)
        {
            if (!TryAddTable(ref table, address, ref reached))
            {
                return false;
            }
        }

        while (_format.IsPresent(table[IndexAt(address, level)]) && level > 1)
        {
            table = new TablePage(_format.AddressOf(table[IndexAt(address, level)], level));
            level--;
        }

        int index = IndexAt(address, level);
        if (_format.IsPresent(table[index]))
        {
            throw new InvalidOperationException("a guest-physical page is mapped twice");
        }

        table[index] = _format.MakeLeaf(frame, access, level);
        _mapped[level] += SizeOf(level);
        return true;
    }

    /// <summary>
    /// The table that holds the entry for an address at the given level, or at the lowest level there is above it.
    /// </summary>
    private TablePage Find(GuestPhysical address, int wanted, out int level)
    {
        TablePage table = _root;
        level = TopLevel;
        while (level > wanted)
        {
            ulong entry = table[IndexAt(address, level)];
            if (!_format.IsPresent(entry) || _format.IsLeaf(entry, level))
            {
                break;
            }

            table = new TablePage(_format.AddressOf(entry, level));
            level--;
        }

        return table;
    }

    /// <summary>Puts a table below an entry that is empty, and steps into it.</summary>
    private bool TryAddTable(ref TablePage table, GuestPhysical address, ref int level)
    {
        int index = IndexAt(address, level);
        if (_format.IsPresent(table[index]))
        {
            throw new InvalidOperationException("a guest-physical page is mapped twice");
        }

        if (!_frames.TryAllocate(out TablePage next))
        {
            return false;
        }

        table[index] = _format.MakeTable(next.Address);
        table = next;
        level--;
        return true;
    }

    private bool TryChange(GuestPhysical start, ulong length, bool isUnmap, GuestAccess access)
    {
        RequirePages(start, length);
        ulong done = 0;
        bool complete = true;
        while (done < length)
        {
            GuestPhysical address = start.Add(done);
            TablePage table = Find(address, 1, out int level);
            int index = IndexAt(address, level);
            ulong entry = table[index];
            ulong offset = address.OffsetIn(SizeOf(level));
            ulong step = Math.Min(SizeOf(level) - offset, length - done);
            if (!_format.IsPresent(entry))
            {
                done += step;
                continue;
            }

            if (step != SizeOf(level))
            {
                if (!TrySplit(table, index, level))
                {
                    complete = false;
                    break;
                }

                continue;
            }

            table[index] = isUnmap ? 0 : _format.MakeLeaf(_format.AddressOf(entry, level), access, level);
            _mapped[level] -= isUnmap ? SizeOf(level) : 0;
            done += step;
        }

        Advance();
        return complete;
    }

    /// <summary>Replaces a large page by a table of 512 pages with the same frames and rights.</summary>
    private bool TrySplit(TablePage table, int index, int level)
    {
        if (!_frames.TryAllocate(out TablePage parts))
        {
            return false;
        }

        ulong entry = table[index];
        HostPhysical frame = _format.AddressOf(entry, level);
        GuestAccess access = _format.AccessOf(entry);
        for (int part = 0; part < TablePage.EntryCount; part++)
        {
            parts[part] = _format.MakeLeaf(frame.Add((ulong)part * SizeOf(level - 1)), access, level - 1);
        }

        table[index] = _format.MakeTable(parts.Address);
        _mapped[level] -= SizeOf(level);
        _mapped[level - 1] += SizeOf(level);
        return true;
    }

    private void FreeTable(TablePage table, int level)
    {
        for (int index = 0; level > 1 && index < TablePage.EntryCount; index++)
        {
            ulong entry = table[index];
            if (_format.IsPresent(entry) && !_format.IsLeaf(entry, level))
            {
                FreeTable(new TablePage(_format.AddressOf(entry, level)), level - 1);
            }
        }

        _frames.Free(table);
    }
}

// SPDX-License-Identifier: MIT
using System;

namespace Hypervisor.Memory;

/// <summary>
/// The hypervisor's page tables: four levels, one root for all processors. Entries appear and disappear under a lock,
/// one page at a time; tables of a level below are made on demand and stay, except for the windows of VMs.
/// </summary>
public sealed class AddressSpace
{
    private const int TopLevel = 4;
    private const int BlockLevel = 2;

    private readonly SharedLock _lock = new(LockRank.PageTables, "page tables");
    private readonly FrameAllocator _frames;
    private readonly OwnedTableFrames _hostTables;
    private readonly TablePage _root;
    private ulong _nextDevice = KernelLayout.Devices;

    /// <summary>
    /// Builds the final tables: the direct map of everything in <paramref name="map"/> that is no device, and the
    /// image. They are used from <see cref="Load"/> on.
    /// </summary>
    public AddressSpace(FrameAllocator frames, ReadOnlySpan<MemoryArea> map, ReadOnlySpan<ImageSection> image)
    {
        _frames = frames;
        _hostTables = new OwnedTableFrames(frames, FrameKind.Kernel, FrameAllocator.Host);
        _root = NewTable(_hostTables);
        MapImage(image);
        MapMemory(map, image);
        MakeTopLevelTables();
    }

    /// <summary>The table that CR3 holds.</summary>
    public TablePage Root => _root;

    /// <summary>
    /// Makes the calling processor use these tables; from here on the identity map of the start is gone.
    /// </summary>
    public void Load() => Tlb.Load(_root);

    /// <summary>
    /// Maps whole pages, the largest that fit; tables come from <paramref name="tables"/>. False where memory for
    /// tables has run out; a page that is mapped already is a fault.
    /// </summary>
    public bool TryMap(HostVirtual at, HostPhysical physical, ulong length, PageAccess access, TableFrames tables)
    {
        ulong done = 0;
        while (done < length)
        {
            ulong both = at.Value + done | physical.Value + done;
            bool large = (both & (FrameAllocator.BlockSize - 1)) == 0 && length - done >= FrameAllocator.BlockSize;
            int level = large ? BlockLevel : 1;
            if (!TryMapPage(at.Add(done), physical.Add(done), level, access, tables))
            {
                return false;
            }

            done += SizeOf(level);
        }

        return true;
    }

    /// <summary>
    /// As <see cref="TryMap(HostVirtual, HostPhysical, ulong, PageAccess, TableFrames)"/> with the hypervisor's tables.
    /// </summary>
    public bool TryMap(HostVirtual at, HostPhysical physical, ulong length, PageAccess access) =>
        TryMap(at, physical, length, access, _hostTables);

    /// <summary>Takes one mapped page away, whatever its size; false where none is mapped there.</summary>
    public bool TryUnmap(HostVirtual at, out HostPhysical physical, out ulong size)
    {
        bool found = TryClear(at, out physical, out size);
        if (found)
        {
            Tlb.Invalidate(at.AlignDown(size), size, size);
        }

        return found;
    }

    /// <summary>
    /// What the address is mapped to: the entry and the size of its page; false where it is not mapped.
    /// </summary>
    public bool TryTranslate(HostVirtual at, out PageEntry entry, out ulong size)
    {
        bool found = TryFindLeaf(at, out TablePage table, out int level);
        size = SizeOf(level);
        entry = found ? new PageEntry(table[IndexOf(at, level)]) : default;
        return found;
    }

    /// <summary>
    /// Maps registers of a device, uncached; the address lies as far into the page as the physical one. For good.
    /// </summary>
    public HostVirtual MapDevice(HostPhysical registers, ulong length) =>
        MapForGood(registers, length, PageAccess.Write | PageAccess.Device);

    /// <summary>Maps firmware's tables to be read, wherever they lie. For good.</summary>
    public HostVirtual MapFirmware(HostPhysical tables, ulong length) => MapForGood(tables, length, PageAccess.Read);

    /// <summary>
    /// Blocks were handed to a guest, <paramref name="count"/> in a row: the direct map does not show them any more.
    /// </summary>
    public void HideBlocks(HostPhysical first, int count)
    {
        var start = new HostVirtual((ulong)DirectMap.Start + first.Value);
        ulong length = (ulong)count * FrameAllocator.BlockSize;
        for (ulong done = 0; done < length; done += FrameAllocator.BlockSize)
        {
            if (!TryClear(start.Add(done), out _, out _))
            {
                CurrentProcessor.Fail("a block is hidden that the direct map does not show");
            }
        }

        if (count != 0)
        {
            Tlb.Invalidate(start, length, FrameAllocator.BlockSize);
        }
    }

    /// <summary>A guest's block came back: the direct map shows it again.</summary>
    public void ShowBlock(HostPhysical block)
    {
        // A building that a fault has ended has not hidden all that it had mapped.
        var at = new HostVirtual((ulong)DirectMap.Start + block.Value);
        if (!TryTranslate(at, out _, out _))
        {
            // The tables above never went away, so this cannot run out of memory.
            _ = TryMapPage(at, block, BlockLevel, PageAccess.Write, _hostTables);
        }
    }

    /// <summary>
    /// Removes a VM's window with all that is mapped in it: first no processor sees it any more, then tables, frames
    /// and blocks are freed, and the direct map shows the blocks again. Takes long: for host tasks.
    /// </summary>
    public void DestroyWindow(int slot, TableFrames tables)
    {
        HostVirtual window = KernelLayout.WindowOf(slot);
        int index = IndexOf(window, TopLevel);
        _lock.Acquire();
        var entry = new PageEntry(_root[index]);
        _root[index] = 0;
        _lock.Release();
        if (!entry.IsPresent)
        {
            return;
        }

        Tlb.Invalidate(window, KernelLayout.WindowSize, FrameAllocator.FrameSize);
        FreeTree(new TablePage(entry.Address), TopLevel - 1, tables);
    }

    /// <summary>Takes an entry away; processors may still know it.</summary>
    private bool TryClear(HostVirtual at, out HostPhysical physical, out ulong size)
    {
        _lock.Acquire();
        bool found = TryFindLeaf(at, out TablePage table, out int level);
        size = SizeOf(level);
        physical = default;
        if (found)
        {
            physical = new PageEntry(table[IndexOf(at, level)]).Address;
            table[IndexOf(at, level)] = 0;
        }

        _lock.Release();
        return found;
    }

    private static ulong SizeOf(int level) => FrameAllocator.FrameSize << (9 * (level - 1));

    private static int IndexOf(HostVirtual at, int level) => (int)(at.Value >> (12 + (9 * (level - 1)))) & 511;

    private static TablePage NewTable(TableFrames tables) =>
        tables.TryAllocate(out TablePage table) ? table : throw new OutOfMemoryException();

    private void FreeTree(TablePage table, int level, TableFrames tables)
    {
        for (int index = 0; index < TablePage.EntryCount; index++)
        {
            var entry = new PageEntry(table[index]);
            if (!entry.IsPresent)
            {
                continue;
            }

            if (level > 1 && !entry.IsLarge)
            {
                FreeTree(new TablePage(entry.Address), level - 1, tables);
            }
            else if (level == BlockLevel)
            {
                ShowBlock(entry.Address);
                _ = _frames.FreeBlock(entry.Address);
            }
            else
            {
                _ = _frames.FreeFrame(entry.Address);
            }
        }

        tables.Free(table);
    }

    private bool TryMapPage(HostVirtual at, HostPhysical physical, int level, PageAccess access, TableFrames tables)
    {
        _lock.Acquire();
        TablePage table = _root;
        for (int above = TopLevel; above > level; above--)
        {
            if (!TryDescend(table, IndexOf(at, above), tables, out table))
            {
                _lock.Release();
                return false;
            }
        }

        bool isFree = table[IndexOf(at, level)] == 0;
        if (isFree)
        {
            table[IndexOf(at, level)] = PageEntry.Page(physical, access, level > 1).Value;
        }

        _lock.Release();
        if (!isFree)
        {
            CurrentProcessor.Fail("a page is mapped that is mapped already");
        }

        return true;
    }

    private static bool TryDescend(TablePage table, int index, TableFrames tables, out TablePage below)
    {
        var entry = new PageEntry(table[index]);
        below = new TablePage(entry.Address);
        if (entry.IsPresent)
        {
            return !entry.IsLarge;
        }

        if (!tables.TryAllocate(out below))
        {
            return false;
        }

        table[index] = PageEntry.Table(below).Value;
        return true;
    }

    private bool TryFindLeaf(HostVirtual at, out TablePage table, out int level)
    {
        table = _root;
        for (level = TopLevel; ; level--)
        {
            var entry = new PageEntry(table[IndexOf(at, level)]);
            if (!entry.IsPresent || level == 1 || (entry.IsLarge && level < TopLevel))
            {
                return entry.IsPresent;
            }

            table = new TablePage(entry.Address);
        }
    }

    private HostVirtual MapForGood(HostPhysical physical, ulong length, PageAccess access)
    {
        ulong offset = physical.OffsetIn(FrameAllocator.FrameSize);
        ulong pages = (offset + length + FrameAllocator.FrameSize - 1) & ~(FrameAllocator.FrameSize - 1);
        _lock.Acquire();
        var at = new HostVirtual(_nextDevice);
        _nextDevice += pages + FrameAllocator.FrameSize;
        _lock.Release();
        for (ulong done = 0; done < pages; done += FrameAllocator.FrameSize)
        {
            HostPhysical page = physical.AlignDown(FrameAllocator.FrameSize).Add(done);
            if (!TryMapPage(at.Add(done), page, 1, access, _hostTables))
            {
                throw new OutOfMemoryException();
            }
        }

        return at.Add(offset);
    }

    private void MapImage(ReadOnlySpan<ImageSection> image)
    {
        foreach (ImageSection section in image)
        {
            for (ulong done = 0; done < section.Length; done += FrameAllocator.FrameSize)
            {
                _ = TryMapPage(section.Start.Add(done), section.Physical.Add(done), 1, section.Access, _hostTables);
            }
        }
    }

    /// <summary>
    /// The direct map: 2 MiB pages of what the firmware calls memory; blocks with parts of the image by frames.
    /// </summary>
    private void MapMemory(ReadOnlySpan<MemoryArea> map, ReadOnlySpan<ImageSection> image)
    {
        for (int block = 0; block < _frames.BlockCount; block++)
        {
            var start = new HostPhysical((ulong)block * FrameAllocator.BlockSize);
            if (!IsMemory(map, start))
            {
                continue;
            }

            var at = new HostVirtual((ulong)DirectMap.Start + start.Value);
            bool isImage = AccessOf(image, start, FrameAllocator.BlockSize) != PageAccess.Write;
            ulong step = isImage ? FrameAllocator.FrameSize : FrameAllocator.BlockSize;
            for (ulong done = 0; done < FrameAllocator.BlockSize; done += step)
            {
                PageAccess access = AccessOf(image, start.Add(done), step);
                _ = TryMapPage(at.Add(done), start.Add(done), isImage ? 1 : BlockLevel, access, _hostTables);
            }
        }
    }

    private static bool IsMemory(ReadOnlySpan<MemoryArea> map, HostPhysical block)
    {
        foreach (MemoryArea area in map)
        {
            if (area.Kind == FrameKind.Free && area.Intersects(block.Value, FrameAllocator.BlockSize))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Text and constants of the image must not be writable through the direct map either.</summary>
    private static PageAccess AccessOf(ReadOnlySpan<ImageSection> image, HostPhysical start, ulong length)
    {
        foreach (ImageSection section in image)
        {
            var area = new MemoryArea(section.Physical, section.Length, FrameKind.Kernel);
            if ((section.Access & PageAccess.Write) == 0 && area.Intersects(start.Value, length))
            {
                return PageAccess.Read;
            }
        }

        return PageAccess.Write;
    }

    /// <summary>
    /// The areas of the hypervisor have their tables of the second level from the start: other roots may share them.
    /// </summary>
    private void MakeTopLevelTables()
    {
        ReadOnlySpan<ulong> areas = [KernelLayout.BootRegion, KernelLayout.Stacks, KernelLayout.Devices];
        foreach (ulong area in areas)
        {
            _ = TryDescend(_root, IndexOf(new HostVirtual(area), TopLevel), _hostTables, out _);
        }
    }
}

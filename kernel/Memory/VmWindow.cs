// SPDX-License-Identifier: MIT
using System;

namespace Hypervisor.Memory;

/// <summary>
/// Everything of one VM that the hypervisor has in its address space: 512 GiB of addresses with the VM's region at the
/// start and its RAM at +4 GiB + guest-physical. There is one object per slot; VMs come and go in it.
/// </summary>
public sealed class VmWindow
{
    /// <summary>Where guest-physical 0 lies in the window, in bytes.</summary>
    public const ulong RamOffset = 4UL << 30;

    /// <summary>The most that a VM's objects may take, in bytes.</summary>
    public const ulong RegionSize = 1UL << 30;

    /// <summary>The end of the guest-physical addresses that a window has room for.</summary>
    public const ulong MaximumRam = KernelLayout.WindowSize - RamOffset;

    private const int BlocksPerGibibyte = 512;
    private const int ZeroStep = 64 * 1024;

    private readonly AddressSpace _space;
    private readonly FrameAllocator _frames;
    private readonly OwnedTableFrames _tables;

    internal VmWindow(int slot, AddressSpace space, FrameAllocator frames)
    {
        Slot = slot;
        _space = space;
        _frames = frames;
        _tables = new OwnedTableFrames(frames, FrameKind.Region, slot);
        NestedTables = new OwnedTableFrames(frames, FrameKind.NestedTable, slot);
        Pins = new DmaPins(this, frames);
        Start = KernelLayout.WindowOf(slot);
        Region = new Region(space, frames, _tables, Start, RegionSize, FrameKind.Region, slot, Life);
    }

    /// <summary>The VM's index, 0..63.</summary>
    public int Slot { get; }

    /// <summary>The window's first address.</summary>
    public HostVirtual Start { get; }

    /// <summary>What the VM's objects are allocated from.</summary>
    public Region Region { get; }

    /// <summary>Whether the VM is still to be served, and which of the slot's VMs it is.</summary>
    public VmLife Life { get; } = new();

    /// <summary>The supply for the VM's nested tables; all must be back before the window is destroyed.</summary>
    public TableFrames NestedTables { get; }

    /// <summary>What real devices transfer to or from in the VM's RAM.</summary>
    public DmaPins Pins { get; }

    /// <summary>True while a VM has the slot.</summary>
    public bool IsTaken { get; internal set; }

    /// <summary>
    /// Gives the VM RAM at guest-physical addresses (multiples of 2 MiB), zeroed, in runs as long as the
    /// machine has them. False where memory has run out; what there was then belongs to the VM until its
    /// window is destroyed. Takes long.
    /// </summary>
    public bool TryAddRam(GuestPhysical start, ulong length)
    {
        ulong done = 0;
        while (done < length)
        {
            ulong block = (start.Value + done) / FrameAllocator.BlockSize;
            ulong toBoundary = BlocksPerGibibyte - (block % BlocksPerGibibyte);
            int wanted = (int)Math.Min((length - done) / FrameAllocator.BlockSize, toBoundary);
            if (!_frames.TryAllocateBlocks(wanted, FrameKind.GuestRam, Slot, out HostPhysical run, out int count))
            {
                return false;
            }

            if (!TryMapRun(start.Add(done), run, count))
            {
                return false;
            }

            done += (ulong)count * FrameAllocator.BlockSize;
        }

        return true;
    }

    /// <summary>
    /// Where a guest-physical address lies in the machine, and how many bytes follow it without a gap (at most up to
    /// the end of the GiB); false where the VM has no RAM there.
    /// </summary>
    public bool TryTranslate(GuestPhysical address, out HostPhysical physical, out ulong length)
    {
        physical = default;
        length = 0;
        ulong block = address.AlignDown(FrameAllocator.BlockSize).Value;
        ulong end = address.AlignDown(1UL << 30).Value + (1UL << 30);
        while (block < end && TryFindBlock(block, out HostPhysical found))
        {
            if (length == 0)
            {
                ulong offset = address.OffsetIn(FrameAllocator.BlockSize);
                physical = found.Add(offset);
                length = FrameAllocator.BlockSize - offset;
            }
            else if (found.Value == physical.Value + length)
            {
                length += FrameAllocator.BlockSize;
            }
            else
            {
                break;
            }

            block += FrameAllocator.BlockSize;
        }

        return length != 0;
    }

    /// <summary>
    /// The VM's RAM as devices see it: <paramref name="ranges"/> are the parts of what was
    /// added that are RAM to the guest.
    /// </summary>
    public GuestMemory CreateMemory(GuestRange[] ranges)
    {
        foreach (GuestRange range in ranges)
        {
            if (!IsBacked(range))
            {
                CurrentProcessor.Fail("a VM's RAM is described that it was not given");
            }
        }

        return new GuestMemory(Start.Add(RamOffset), ranges);
    }

    /// <summary>
    /// The VM is gone from all processors, devices and TLBs: unmaps the window and frees what it held. References to
    /// the VM's objects lead nowhere from now on. Returns the frames that the VM had not given back by itself (nested
    /// tables of a VM that died in the middle of a change): 0 where all is well. Takes long.
    /// </summary>
    public long Destroy()
    {
        Life.End();
        _space.DestroyWindow(Slot, _tables);
        Region.Reset();
        long left = _frames.CountOfOwner(Slot);
        if (left != 0)
        {
            _frames.ReclaimOwner(Slot);
            ((OwnedTableFrames)NestedTables).Forget();
        }

        IsTaken = false;
        return left;
    }

    private bool TryMapRun(GuestPhysical at, HostPhysical run, int count)
    {
        int mapped = 0;
        while (mapped < count && TryMapBlock(at, run, mapped))
        {
            mapped++;
        }

        _space.HideBlocks(run, mapped);
        for (int rest = mapped; rest < count; rest++)
        {
            // These are in nobody's hands yet: the window only frees what it maps.
            _ = _frames.FreeBlock(run.Add((ulong)rest * FrameAllocator.BlockSize));
        }

        return mapped == count;
    }

    private bool TryMapBlock(GuestPhysical at, HostPhysical run, int index)
    {
        ulong offset = (ulong)index * FrameAllocator.BlockSize;
        HostPhysical block = run.Add(offset);
        if (!_frames.IsZeroed(block))
        {
            Zero(block);
        }

        HostVirtual address = Start.Add(RamOffset).Add(at.Value).Add(offset);
        return _space.TryMap(address, block, FrameAllocator.BlockSize, PageAccess.Write, _tables);
    }

    private static void Zero(HostPhysical block)
    {
        for (ulong offset = 0; offset < FrameAllocator.BlockSize; offset += ZeroStep)
        {
            DirectMap.Clear(block.Add(offset), ZeroStep);
        }
    }

    private bool TryFindBlock(ulong guestBlock, out HostPhysical block)
    {
        block = default;
        if (guestBlock >= MaximumRam)
        {
            return false;
        }

        bool found = _space.TryTranslate(Start.Add(RamOffset).Add(guestBlock), out PageEntry entry, out _);
        block = entry.Address;
        return found;
    }

    private bool IsBacked(GuestRange range)
    {
        ulong done = 0;
        while (done < range.Length)
        {
            if (!TryTranslate(range.Start.Add(done), out _, out ulong length))
            {
                return false;
            }

            done += length;
        }

        return range.Start.Value <= MaximumRam && range.Length <= MaximumRam - range.Start.Value;
    }
}

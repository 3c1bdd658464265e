// SPDX-License-Identifier: MIT
using System;
using System.Threading;
using Hypervisor.Platform;

namespace Hypervisor.Devices.Bus;

/// <summary>
/// The I/O ports of one VM. Fixed ports are found through a table of 256 pages of 256 slot numbers; the few movable
/// ranges (BARs) are searched after that. A port without a device reads as all ones and swallows writes, counted.
/// </summary>
public sealed class PortBus
{
    private const int Capacity = 64;
    private const int PageCount = 256;
    private const int PortsPerPage = 256;
    private const int PortCount = PageCount * PortsPerPage;

    /// <summary>Slot numbers by port; pages without a device share one. Number 0 is the absent device.</summary>
    private readonly byte[][] _pages = new byte[PageCount][];
    private readonly byte[] _emptyPage = new byte[PortsPerPage];
    private readonly BusSlot[] _slots = new BusSlot[Capacity];
    private readonly BusSlot[] _movable = new BusSlot[Capacity];
    private int _slotCount = 1;
    private int _movableCount;
    private ulong _misses;

    public PortBus()
    {
        _slots[0] = new BusSlot(new AbsentDevice(), 0, 0, 0);
        for (int page = 0; page < PageCount; page++)
        {
            _pages[page] = _emptyPage;
        }
    }

    /// <summary>Accesses that no device answered.</summary>
    public ulong Misses => Volatile.Read(ref _misses);

    /// <summary>The slots with fixed ports, for statistics.</summary>
    public ReadOnlySpan<BusSlot> Slots => new(_slots, 1, _slotCount - 1);

    /// <summary>
    /// Gives <paramref name="count"/> ports from <paramref name="first"/> on to a device. While the VM is built only;
    /// an overlap is a fault that names both devices.
    /// </summary>
    public BusSlot Add(Device device, ushort first, int count, ulong deviceOffset = 0)
    {
        if (count <= 0 || first + count > PortCount || _slotCount == Capacity)
        {
            BusConflict.ThrowRange(device);
        }

        for (int index = 1; index < _slotCount; index++)
        {
            if (_slots[index].Overlaps(first, (ulong)count))
            {
                BusConflict.ThrowOverlap(device, _slots[index].Device);
            }
        }

        var slot = new BusSlot(device, first, (ulong)count, deviceOffset);
        _slots[_slotCount] = slot;
        for (int port = first; port < first + count; port++)
        {
            PageForWriting(port / PortsPerPage)[port % PortsPerPage] = (byte)_slotCount;
        }

        _slotCount++;
        return slot;
    }

    /// <summary>
    /// Makes a slot of <paramref name="count"/> ports that the guest places: unmapped until it is moved.
    /// </summary>
    public BusSlot AddMovable(Device device, int count)
    {
        if (count <= 0 || _movableCount == Capacity)
        {
            BusConflict.ThrowRange(device);
        }

        var slot = new BusSlot(device, 0, (ulong)count, 0);
        slot.Unmap();
        _movable[_movableCount++] = slot;
        return slot;
    }

    /// <summary>Reads 1, 2 or 4 bytes, zero-extended.</summary>
    public uint Read(ushort port, int size)
    {
        FaultInjector.Pass(FaultSite.Port);
        BusSlot slot = _slots[_pages[port >> 8][port & 0xFF]];
        return slot.TryOffset(port, size, out ulong offset)
            ? (uint)slot.Read(offset, size)
            : ReadMovable(port, size);
    }

    /// <summary>Writes the low 1, 2 or 4 bytes of <paramref name="value"/>.</summary>
    public void Write(ushort port, int size, uint value)
    {
        FaultInjector.Pass(FaultSite.Port);
        BusSlot slot = _slots[_pages[port >> 8][port & 0xFF]];
        if (slot.TryOffset(port, size, out ulong offset))
        {
            slot.Write(offset, size, value);
        }
        else
        {
            WriteMovable(port, size, value);
        }
    }

    private uint ReadMovable(ushort port, int size)
    {
        for (int index = 0; index < _movableCount; index++)
        {
            if (_movable[index].TryOffset(port, size, out ulong offset))
            {
                return (uint)_movable[index].Read(offset, size);
            }
        }

        _ = Interlocked.Increment(ref _misses);
        return (uint)AllOnes.OfSize(size);
    }

    private void WriteMovable(ushort port, int size, uint value)
    {
        for (int index = 0; index < _movableCount; index++)
        {
            if (_movable[index].TryOffset(port, size, out ulong offset))
            {
                _movable[index].Write(offset, size, value);
                return;
            }
        }

        _ = Interlocked.Increment(ref _misses);
    }

    private byte[] PageForWriting(int page)
    {
        if (_pages[page] == _emptyPage)
        {
            _pages[page] = new byte[PortsPerPage];
        }

        return _pages[page];
    }
}

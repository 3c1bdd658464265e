// SPDX-License-Identifier: MIT
using System;
using System.Threading;
using Hypervisor.Memory;
using Hypervisor.Platform;

namespace Hypervisor.Devices.Bus;

/// <summary>
/// The device memory of one VM: a fixed set of slots, some of which the guest moves at run time. An address without a
/// device reads as all ones and swallows writes, counted. Lookups take no lock.
/// </summary>
public sealed class MmioBus
{
    private const int Capacity = 64;

    private readonly BusSlot[] _slots = new BusSlot[Capacity];
    private int _slotCount;

    /// <summary>The slot that answered last: tried first. Any value is harmless, so it needs no lock.</summary>
    private int _hint;
    private ulong _misses;

    /// <summary>Accesses that no device answered.</summary>
    public ulong Misses => Volatile.Read(ref _misses);

    /// <summary>All slots, for statistics.</summary>
    public ReadOnlySpan<BusSlot> Slots => new(_slots, 0, _slotCount);

    /// <summary>
    /// Gives <paramref name="length"/> bytes from <paramref name="start"/> on to a device. While the VM is built only;
    /// an overlap is a fault that names both devices.
    /// </summary>
    public BusSlot Add(Device device, GuestPhysical start, ulong length, ulong deviceOffset = 0)
    {
        if (length == 0 || start.Value + (length - 1) < start.Value)
        {
            BusConflict.ThrowRange(device);
        }

        for (int index = 0; index < _slotCount; index++)
        {
            if (_slots[index].Overlaps(start.Value, length))
            {
                BusConflict.ThrowOverlap(device, _slots[index].Device);
            }
        }

        return Append(new BusSlot(device, start.Value, length, deviceOffset));
    }

    /// <summary>
    /// Makes a slot of <paramref name="length"/> bytes that the guest places: unmapped until it is moved.
    /// </summary>
    public BusSlot AddMovable(Device device, ulong length, ulong deviceOffset = 0)
    {
        BusSlot slot = Append(new BusSlot(device, 0, length, deviceOffset));
        slot.Unmap();
        return slot;
    }

    /// <summary>Reads 1, 2, 4 or 8 bytes, zero-extended.</summary>
    public ulong Read(GuestPhysical address, int size)
    {
        FaultInjector.Pass(FaultSite.DeviceMemory);
        BusSlot? slot = Find(address.Value, size, out ulong offset);
        if (slot is null)
        {
            _ = Interlocked.Increment(ref _misses);
            return AllOnes.OfSize(size);
        }

        return slot.Read(offset, size);
    }

    /// <summary>Writes the low 1, 2, 4 or 8 bytes of <paramref name="value"/>.</summary>
    public void Write(GuestPhysical address, int size, ulong value)
    {
        FaultInjector.Pass(FaultSite.DeviceMemory);
        BusSlot? slot = Find(address.Value, size, out ulong offset);
        if (slot is null)
        {
            _ = Interlocked.Increment(ref _misses);
            return;
        }

        slot.Write(offset, size, value);
    }

    private BusSlot? Find(ulong address, int size, out ulong offset)
    {
        int hint = _hint;
        if (hint < _slotCount && _slots[hint].TryOffset(address, size, out offset))
        {
            return _slots[hint];
        }

        for (int index = 0; index < _slotCount; index++)
        {
            if (_slots[index].TryOffset(address, size, out offset))
            {
                _hint = index;
                return _slots[index];
            }
        }

        offset = 0;
        return null;
    }

    private BusSlot Append(BusSlot slot)
    {
        if (_slotCount == Capacity)
        {
            BusConflict.ThrowRange(slot.Device);
        }

        _slots[_slotCount++] = slot;
        return slot;
    }
}

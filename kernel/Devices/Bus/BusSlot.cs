// SPDX-License-Identifier: MIT
using System.Runtime.CompilerServices;
using System.Threading;
using Hypervisor.Memory;

namespace Hypervisor.Devices.Bus;

/// <summary>
/// One stretch of a bus: which device answers there and which of its registers comes first. A slot exists from the
/// building of the VM on; a guest that moves a BAR moves its slot in place.
/// </summary>
public sealed class BusSlot
{
    private readonly ulong _fullLength;
    private readonly VmLock? _lock;
    private ulong _reads;
    private ulong _writes;
    private ulong _start;
    private ulong _length;

    internal BusSlot(Device device, ulong start, ulong length, ulong deviceOffset)
    {
        Device = device;
        DeviceOffset = deviceOffset;
        _fullLength = length;
        _lock = device.NeedsLock ? device.Lock : null;
        _start = start;
        _length = length;
    }

    public Device Device { get; }

    /// <summary>The device's offset that the first address of the slot stands for.</summary>
    public ulong DeviceOffset { get; }

    /// <summary>The first port or guest-physical address.</summary>
    public ulong Start => Volatile.Read(ref _start);

    /// <summary>How many ports or bytes; 0 while the slot is unmapped.</summary>
    public ulong Length => Volatile.Read(ref _length);

    /// <summary>
    /// Accesses that this slot has answered; for statistics, so a lost count between processors is no harm.
    /// </summary>
    public ulong Reads => Volatile.Read(ref _reads);
    public ulong Writes => Volatile.Read(ref _writes);

    /// <summary>
    /// True where all of [address, address + size) lies inside. The offset is computed from one reading of the start,
    /// so that it is inside the device even while another processor moves the slot.
    /// </summary>
    public bool TryOffset(ulong address, int size, out ulong offset)
    {
        ulong length = Length;
        offset = address - Start;
        return offset < length && length - offset >= (ulong)(uint)size;
    }

    /// <summary>True where a byte of [start, start + length) lies inside; neither may wrap round.</summary>
    public bool Overlaps(ulong start, ulong length) =>
        _length != 0 && length != 0 && start <= _start + (_length - 1) && _start <= start + (length - 1);

    /// <summary>Moves the slot: an address that wraps round its end is refused, and the slot unmapped.</summary>
    public void Move(ulong start)
    {
        Volatile.Write(ref _length, 0);
        Volatile.Write(ref _start, start);
        if (start + (_fullLength - 1) >= start)
        {
            Volatile.Write(ref _length, _fullLength);
        }
    }

    /// <summary>Nothing answers here until the next <see cref="Move"/>.</summary>
    public void Unmap() => Volatile.Write(ref _length, 0);

    internal ulong Read(ulong offset, int size)
    {
        _ = Interlocked.Increment(ref _reads);
        return _lock is null
            ? Device.Read(DeviceOffset + offset, size)
            : Device.ReadLocked(DeviceOffset + offset, size);
    }

    internal void Write(ulong offset, int size, ulong value)
    {
        _ = Interlocked.Increment(ref _writes);
        VmLock? guard = _lock;
        if (guard is null)
        {
            Device.Write(DeviceOffset + offset, size, value);
            return;
        }

        WriteLocked(guard, offset, size, value);
    }

    /// <summary>Apart, so that a device without a lock does not pay for the registers that this needs.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private void WriteLocked(VmLock guard, ulong offset, int size, ulong value)
    {
        guard.Acquire();
        Device.Write(DeviceOffset + offset, size, value);
        guard.Release();
    }
}

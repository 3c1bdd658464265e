// SPDX-License-Identifier: MIT
using System;
using System.Runtime.CompilerServices;
using System.Threading;

namespace Hypervisor.Memory;

/// <summary>
/// One VM's RAM as the hypervisor may touch it. It is hostile: it changes under our eyes, so control data is copied
/// once, then checked, then used, and no reference into it ever leaves this class. An access that is not whole inside
/// one range of RAM does nothing and returns false.
/// </summary>
public sealed unsafe class GuestMemory
{
    private const ulong FillStep = 1UL << 30;

    private readonly byte* _start;
    private readonly GuestRange[] _ranges;

    /// <summary>
    /// RAM at the given guest-physical ranges, in ascending order; the byte at guest-physical g is accessed at
    /// <paramref name="start"/> + g.
    /// </summary>
    public GuestMemory(HostVirtual start, GuestRange[] ranges)
    {
        _start = (byte*)start.Value;
        _ranges = ranges;
        for (int index = 0; index < ranges.Length; index++)
        {
            Size += ranges[index].Length;
        }
    }

    /// <summary>All RAM of the VM, in bytes.</summary>
    public ulong Size { get; }

    /// <summary>Where the RAM lies in the guest's physical address space, in ascending order.</summary>
    public ReadOnlySpan<GuestRange> Ranges => _ranges;

    /// <summary>True where all of [address, address + length) is RAM of one range.</summary>
    public bool Contains(GuestPhysical address, ulong length) => TryOpen(address, length, out _);

    /// <summary>
    /// Reads one value, at any alignment. Values of 1, 2, 4 and 8 bytes are read by a single access; larger ones are
    /// copied and may be torn.
    /// </summary>
    public bool TryRead<T>(GuestPhysical address, out T value)
        where T : unmanaged
    {
        Unsafe.SkipInit(out value);
        if (!TryOpen(address, (ulong)sizeof(T), out byte* source))
        {
            value = default;
            return false;
        }

        ref byte destination = ref Unsafe.As<T, byte>(ref value);
        switch (sizeof(T))
        {
            case 1:
                destination = Volatile.Read(ref *source);
                break;
            case 2:
                Unsafe.WriteUnaligned(ref destination, Volatile.Read(ref *(ushort*)source));
                break;
            case 4:
                Unsafe.WriteUnaligned(ref destination, Volatile.Read(ref *(uint*)source));
                break;
            case 8:
                Unsafe.WriteUnaligned(ref destination, Volatile.Read(ref *(ulong*)source));
                break;
            default:
                fixed (byte* target = &destination)
                {
                    Copy(source, target, sizeof(T));
                }

                break;
        }

        return true;
    }

    /// <summary>Reads 1, 2, 4 or 8 bytes by a single access, zero-extended; any other size is a fault.</summary>
    public bool TryRead(GuestPhysical address, int size, out ulong value)
    {
        value = 0;
        if (!TryOpen(address, (uint)size, out byte* source))
        {
            return false;
        }

        value = size switch
        {
            1 => Volatile.Read(ref *source),
            2 => Volatile.Read(ref *(ushort*)source),
            4 => Volatile.Read(ref *(uint*)source),
            8 => Volatile.Read(ref *(ulong*)source),
            _ => throw new ArgumentOutOfRangeException(nameof(size)),
        };
        return true;
    }

    /// <summary>Writes one value, at any alignment; see <see cref="TryRead{T}"/> about tearing.</summary>
    public bool TryWrite<T>(GuestPhysical address, T value)
        where T : unmanaged
    {
        if (!TryOpenForWriting(address, (ulong)sizeof(T), out byte* destination))
        {
            return false;
        }

        ref byte source = ref Unsafe.As<T, byte>(ref value);
        switch (sizeof(T))
        {
            case 1:
                Volatile.Write(ref *destination, source);
                break;
            case 2:
                Volatile.Write(ref *(ushort*)destination, Unsafe.ReadUnaligned<ushort>(ref source));
                break;
            case 4:
                Volatile.Write(ref *(uint*)destination, Unsafe.ReadUnaligned<uint>(ref source));
                break;
            case 8:
                Volatile.Write(ref *(ulong*)destination, Unsafe.ReadUnaligned<ulong>(ref source));
                break;
            default:
                fixed (byte* origin = &source)
                {
                    Copy(origin, destination, sizeof(T));
                }

                break;
        }

        return true;
    }

    /// <summary>
    /// Writes the low 1, 2, 4 or 8 bytes of <paramref name="value"/> by a single access; any other size is a fault.
    /// </summary>
    public bool TryWrite(GuestPhysical address, int size, ulong value)
    {
        if (!TryOpenForWriting(address, (uint)size, out byte* destination))
        {
            return false;
        }

        switch (size)
        {
            case 1:
                Volatile.Write(ref *destination, (byte)value);
                break;
            case 2:
                Volatile.Write(ref *(ushort*)destination, (ushort)value);
                break;
            case 4:
                Volatile.Write(ref *(uint*)destination, (uint)value);
                break;
            case 8:
                Volatile.Write(ref *(ulong*)destination, value);
                break;
            default:
                throw new ArgumentOutOfRangeException(nameof(size));
        }

        return true;
    }

    /// <summary>
    /// Replaces four bytes where they hold <paramref name="expected"/>, in one locked operation;
    /// <paramref name="previous"/> is what they held. False only where this is not RAM.
    /// </summary>
    public bool TryCompareExchange(GuestPhysical address, uint expected, uint value, out uint previous)
    {
        if (!TryOpenForWriting(address, sizeof(uint), out byte* destination))
        {
            previous = 0;
            return false;
        }

        previous = Interlocked.CompareExchange(ref *(uint*)destination, value, expected);
        return true;
    }

    /// <summary>As the overload for four bytes, on eight.</summary>
    public bool TryCompareExchange(GuestPhysical address, ulong expected, ulong value, out ulong previous)
    {
        if (!TryOpenForWriting(address, sizeof(ulong), out byte* destination))
        {
            previous = 0;
            return false;
        }

        previous = Interlocked.CompareExchange(ref *(ulong*)destination, value, expected);
        return true;
    }

    /// <summary>Copies from the guest's RAM into <paramref name="destination"/>, each byte read once.</summary>
    public bool TryCopyIn(GuestPhysical address, Span<byte> destination)
    {
        if (!TryOpen(address, (uint)destination.Length, out byte* source))
        {
            return false;
        }

        fixed (byte* target = destination)
        {
            Copy(source, target, destination.Length);
        }

        return true;
    }

    /// <summary>Copies <paramref name="source"/> into the guest's RAM.</summary>
    public bool TryCopyOut(GuestPhysical address, ReadOnlySpan<byte> source)
    {
        if (!TryOpenForWriting(address, (uint)source.Length, out byte* target))
        {
            return false;
        }

        fixed (byte* origin = source)
        {
            Copy(origin, target, source.Length);
        }

        return true;
    }

    /// <summary>
    /// Sets <paramref name="length"/> bytes to <paramref name="value"/>. The time is in proportion to the length:
    /// callers on the exit path give it budgets.
    /// </summary>
    public bool TryFill(GuestPhysical address, ulong length, byte value)
    {
        if (!TryOpenForWriting(address, length, out byte* target))
        {
            return false;
        }

        while (length > 0)
        {
            ulong step = Math.Min(length, FillStep);
            new Span<byte>(target, (int)step).Fill(value);
            target += step;
            length -= step;
        }

        return true;
    }

    /// <summary>For <see cref="TranslationProof"/>, which keeps addresses of RAM that it only reads.</summary>
    internal bool TryLocate(GuestPhysical address, ulong length, out byte* pointer) =>
        TryOpen(address, length, out pointer);

    /// <summary>
    /// The door through which every write of ours passes: here copy-on-write and dirty tracking have their place.
    /// </summary>
    private bool TryOpenForWriting(GuestPhysical address, ulong length, out byte* pointer) =>
        TryOpen(address, length, out pointer);

    private static void Copy(byte* source, byte* target, int length) =>
        Buffer.MemoryCopy(source, target, (ulong)length, (ulong)length);

    private bool TryOpen(GuestPhysical address, ulong length, out byte* pointer)
    {
        GuestRange[] ranges = _ranges;
        for (int index = 0; index < ranges.Length; index++)
        {
            if (ranges[index].Contains(address, length))
            {
                // length 0 at the very end of a range is inside as well: no byte of it is touched.
                ulong offset = GuestIndex.Clamp(address.Value - ranges[index].Start.Value, ranges[index].Length);
                pointer = _start + ranges[index].Start.Value + offset;
                return true;
            }
        }

        pointer = null;
        return false;
    }
}

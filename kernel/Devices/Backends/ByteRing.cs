// SPDX-License-Identifier: MIT
using System;

namespace Hypervisor.Devices.Backends;

/// <summary>
/// A bounded queue of bytes, allocated once: a console's input or its scroll-back. It takes no lock; its owner does.
/// </summary>
public sealed class ByteRing
{
    private readonly byte[] _bytes;
    private int _first;
    private int _count;

    /// <param name="capacity">How many bytes it holds, at least 1.</param>
    public ByteRing(int capacity)
    {
        _bytes = new byte[capacity];
    }

    public int Capacity => _bytes.Length;

    public int Count => _count;

    public bool IsFull => _count == _bytes.Length;

    /// <summary>Bytes that <see cref="Push"/> pushed out since the ring was made.</summary>
    public ulong Dropped { get; private set; }

    /// <summary>The byte at <paramref name="index"/> from the oldest; an index outside is a fault.</summary>
    public byte this[int index]
    {
        get
        {
            if ((uint)index >= (uint)_count)
            {
                throw new ArgumentOutOfRangeException(nameof(index));
            }

            return _bytes[Wrap(_first + index)];
        }
    }

    /// <summary>Appends a byte; false where there is no room.</summary>
    public bool TryWrite(byte value)
    {
        if (IsFull)
        {
            return false;
        }

        _bytes[Wrap(_first + _count)] = value;
        _count++;
        return true;
    }

    /// <summary>Appends a byte; a full ring loses its oldest one.</summary>
    public void Push(byte value)
    {
        if (IsFull)
        {
            _first = Wrap(_first + 1);
            _count--;
            Dropped++;
        }

        _ = TryWrite(value);
    }

    /// <summary>Takes the oldest byte.</summary>
    public bool TryRead(out byte value)
    {
        if (_count == 0)
        {
            value = 0;
            return false;
        }

        value = _bytes[_first];
        _first = Wrap(_first + 1);
        _count--;
        return true;
    }

    public void Clear()
    {
        _first = 0;
        _count = 0;
    }

    /// <summary>Positions are below twice the capacity, so one subtraction wraps them.</summary>
    private int Wrap(int position) => position >= _bytes.Length ? position - _bytes.Length : position;
}

// SPDX-License-Identifier: MIT
namespace Hypervisor.Drivers.Serial16550;

/// <summary>A ring of bytes; its user locks it.</summary>
internal sealed class ByteQueue
{
    private readonly byte[] _bytes;
    private int _start;
    private int _count;

    /// <summary>Room for <paramref name="capacity"/> bytes, a power of two.</summary>
    public ByteQueue(int capacity)
    {
        _bytes = new byte[capacity];
    }

    public int Count => _count;

    public bool IsEmpty => _count == 0;

    public int Capacity => _bytes.Length;

    public bool TryAdd(byte value)
    {
        if (_count == _bytes.Length)
        {
            return false;
        }

        _bytes[(_start + _count) & (_bytes.Length - 1)] = value;
        _count++;
        return true;
    }

    public bool TryTake(out byte value)
    {
        value = 0;
        if (_count == 0)
        {
            return false;
        }

        value = _bytes[_start];
        _start = (_start + 1) & (_bytes.Length - 1);
        _count--;
        return true;
    }

    public void Clear()
    {
        _start = 0;
        _count = 0;
    }
}

// SPDX-License-Identifier: MIT
using System.Collections.Generic;
using Hypervisor.Runtime;

namespace System;

public readonly struct ArraySegment<T>
{
    private readonly T[]? _array;
    private readonly int _offset;
    private readonly int _count;

    public ArraySegment(T[] array)
    {
        _array = array;
        _offset = 0;
        _count = array.Length;
    }

    public ArraySegment(T[] array, int offset, int count)
    {
        if ((uint)offset > (uint)array.Length || (uint)count > (uint)(array.Length - offset))
        {
            ThrowHelper.ArgumentOutOfRange();
        }
        _array = array;
        _offset = offset;
        _count = count;
    }

    public T[]? Array => _array;

    public int Offset => _offset;

    public int Count => _count;

    public T this[int index]
    {
        get
        {
            if ((uint)index >= (uint)_count)
            {
                ThrowHelper.IndexOutOfRange();
            }
            return _array![_offset + index];
        }
    }
}

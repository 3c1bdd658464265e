// SPDX-License-Identifier: MIT
using System.Collections;
using System.Collections.Generic;

namespace System;

internal sealed class ArrayEnumerator<T> : IEnumerator<T>
{
    private readonly T[] _array;
    private int _index = -1;

    internal ArrayEnumerator(T[] array)
    {
        _array = array;
    }

    public T Current => _array[_index];

    object? IEnumerator.Current => Current;

    public bool MoveNext() => ++_index < _array.Length;

    public void Reset() => _index = -1;

    public void Dispose()
    {
    }
}

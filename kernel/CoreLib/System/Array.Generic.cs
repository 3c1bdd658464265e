// SPDX-License-Identifier: MIT
using System.Collections;
using System.Collections.Generic;
using System.Runtime.CompilerServices;
using Hypervisor.Runtime;

namespace System;

/// <summary>
/// What T[] implements besides <see cref="Array"/>: ilc takes this class's interfaces and methods for it.
/// </summary>
internal sealed class Array<T> : Array, IEnumerable<T>, ICollection<T>, IList<T>, IReadOnlyList<T>
{
    public int Count => Length;

    public bool IsReadOnly => true;

    public T this[int index]
    {
        get => Unsafe.As<T[]>(this)[index];
        set => Unsafe.As<T[]>(this)[index] = value;
    }

    public IEnumerator<T> GetEnumerator() => new ArrayEnumerator<T>(Unsafe.As<T[]>(this));

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    public int IndexOf(T item) => IndexOf(Unsafe.As<T[]>(this), item);

    public bool Contains(T item) => IndexOf(item) >= 0;

    public void CopyTo(T[] array, int arrayIndex) => Copy(this, 0, array, arrayIndex, Length);

    public void Add(T item) => ThrowHelper.NotSupported<int>();

    public bool Remove(T item) => ThrowHelper.NotSupported<bool>();

    public void Insert(int index, T item) => ThrowHelper.NotSupported<int>();

    public void RemoveAt(int index) => ThrowHelper.NotSupported<int>();

    void ICollection<T>.Clear() => ThrowHelper.NotSupported<int>();
}

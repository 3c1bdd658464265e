// SPDX-License-Identifier: MIT
using Hypervisor.Runtime;

namespace System.Collections.Generic;

public class Comparer<T> : IComparer<T>
{
    public static Comparer<T> Default { get; } = new();

    public virtual int Compare(T? x, T? y)
    {
        if (x is null || y is null)
        {
            return x is null ? (y is null ? 0 : -1) : 1;
        }
        return x is IComparable<T> comparable ? comparable.CompareTo(y) : ThrowHelper.NotSupported<int>();
    }
}

// SPDX-License-Identifier: MIT
using System.Diagnostics.CodeAnalysis;

namespace System.Collections.Generic;

public class EqualityComparer<T> : IEqualityComparer<T>
{
    public static EqualityComparer<T> Default { get; } = new();

    public virtual bool Equals(T? x, T? y)
    {
        if (x is null || y is null)
        {
            return x is null && y is null;
        }
        // The interface is asked through the constraint-free path, which boxes only types without it.
        return x is IEquatable<T> equatable ? equatable.Equals(y) : x.Equals(y);
    }

    public virtual int GetHashCode([DisallowNull] T obj) => obj is null ? 0 : obj.GetHashCode();
}

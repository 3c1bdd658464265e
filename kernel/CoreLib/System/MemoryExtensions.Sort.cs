// SPDX-License-Identifier: MIT
using System.Collections.Generic;

namespace System;

public static partial class MemoryExtensions
{
    public static void Sort<T>(this Span<T> span) => span.Sort(Comparer<T>.Default.Compare);

    /// <summary>Heap sort: no allocation, no recursion, n log n in the worst case; not stable.</summary>
    public static void Sort<T>(this Span<T> span, Comparison<T> comparison)
    {
        for (int i = (span.Length / 2) - 1; i >= 0; i--)
        {
            SiftDown(span, i, span.Length, comparison);
        }
        for (int end = span.Length - 1; end > 0; end--)
        {
            (span[0], span[end]) = (span[end], span[0]);
            SiftDown(span, 0, end, comparison);
        }
    }

    private static void SiftDown<T>(Span<T> span, int root, int end, Comparison<T> comparison)
    {
        while (true)
        {
            int child = (2 * root) + 1;
            if (child >= end)
            {
                return;
            }
            if (child + 1 < end && comparison(span[child], span[child + 1]) < 0)
            {
                child++;
            }
            if (comparison(span[root], span[child]) >= 0)
            {
                return;
            }
            (span[root], span[child]) = (span[child], span[root]);
            root = child;
        }
    }
}

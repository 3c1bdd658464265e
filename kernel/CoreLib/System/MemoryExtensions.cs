// SPDX-License-Identifier: MIT
using System.Collections.Generic;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Hypervisor.Runtime;

namespace System;

public static partial class MemoryExtensions
{
    public static Span<T> AsSpan<T>(this T[]? array) => new(array);

    public static Span<T> AsSpan<T>(this T[]? array, int start) => new Span<T>(array).Slice(start);

    public static Span<T> AsSpan<T>(this T[]? array, int start, int length) => new(array, start, length);

    public static Span<T> AsSpan<T>(this T[]? array, Range range)
    {
        (int start, int length) = range.GetOffsetAndLength(array is null ? 0 : array.Length);
        return new Span<T>(array, start, length);
    }

    // The language's own conversion from string calls this.
    public static ReadOnlySpan<char> AsSpan(this string? text) =>
        text is null ? default : new ReadOnlySpan<char>(ref text.GetRawStringData(), text.Length);

    public static ReadOnlySpan<char> AsSpan(this string? text, int start) => text.AsSpan().Slice(start);

    public static ReadOnlySpan<char> AsSpan(this string? text, int start, int length) =>
        text.AsSpan().Slice(start, length);

    public static ReadOnlySpan<char> AsSpan(this string? text, Range range)
    {
        (int start, int length) = range.GetOffsetAndLength(text is null ? 0 : text.Length);
        return text.AsSpan(start, length);
    }

    public static int IndexOf<T>(this Span<T> span, T value)
        where T : IEquatable<T>? => IndexOf((ReadOnlySpan<T>)span, value);

    public static int IndexOf<T>(this ReadOnlySpan<T> span, T value)
        where T : IEquatable<T>?
    {
        for (int i = 0; i < span.Length; i++)
        {
            if (Same(span[i], value))
            {
                return i;
            }
        }
        return -1;
    }

    public static int IndexOf<T>(this ReadOnlySpan<T> span, ReadOnlySpan<T> value)
        where T : IEquatable<T>?
    {
        for (int i = 0; i <= span.Length - value.Length; i++)
        {
            if (span.Slice(i, value.Length).SequenceEqual(value))
            {
                return i;
            }
        }
        return -1;
    }

    public static int IndexOf<T>(this Span<T> span, ReadOnlySpan<T> value)
        where T : IEquatable<T>? => IndexOf((ReadOnlySpan<T>)span, value);

    public static int IndexOfAny<T>(this ReadOnlySpan<T> span, T value0, T value1)
        where T : IEquatable<T>?
    {
        for (int i = 0; i < span.Length; i++)
        {
            if (Same(span[i], value0) || Same(span[i], value1))
            {
                return i;
            }
        }
        return -1;
    }

    public static int IndexOfAny<T>(this ReadOnlySpan<T> span, ReadOnlySpan<T> values)
        where T : IEquatable<T>?
    {
        for (int i = 0; i < span.Length; i++)
        {
            if (values.IndexOf(span[i]) >= 0)
            {
                return i;
            }
        }
        return -1;
    }

    public static int LastIndexOf<T>(this Span<T> span, T value)
        where T : IEquatable<T>? => LastIndexOf((ReadOnlySpan<T>)span, value);

    public static int LastIndexOf<T>(this ReadOnlySpan<T> span, T value)
        where T : IEquatable<T>?
    {
        for (int i = span.Length - 1; i >= 0; i--)
        {
            if (Same(span[i], value))
            {
                return i;
            }
        }
        return -1;
    }

    public static bool Contains<T>(this Span<T> span, T value)
        where T : IEquatable<T>? => IndexOf((ReadOnlySpan<T>)span, value) >= 0;

    public static bool Contains<T>(this ReadOnlySpan<T> span, T value)
        where T : IEquatable<T>? => IndexOf(span, value) >= 0;

    public static bool SequenceEqual<T>(this Span<T> span, ReadOnlySpan<T> other)
        where T : IEquatable<T>? => SequenceEqual((ReadOnlySpan<T>)span, other);

    public static bool SequenceEqual<T>(this ReadOnlySpan<T> span, ReadOnlySpan<T> other)
        where T : IEquatable<T>?
    {
        if (span.Length != other.Length)
        {
            return false;
        }
        for (int i = 0; i < span.Length; i++)
        {
            if (!Same(span[i], other[i]))
            {
                return false;
            }
        }
        return true;
    }

    public static int SequenceCompareTo<T>(this ReadOnlySpan<T> span, ReadOnlySpan<T> other)
        where T : IComparable<T>?
    {
        int shorter = Math.Min(span.Length, other.Length);
        for (int i = 0; i < shorter; i++)
        {
            int result = span[i]!.CompareTo(other[i]);
            if (result != 0)
            {
                return result;
            }
        }
        return span.Length.CompareTo(other.Length);
    }

    public static bool StartsWith<T>(this Span<T> span, ReadOnlySpan<T> value)
        where T : IEquatable<T>? => StartsWith((ReadOnlySpan<T>)span, value);

    public static bool StartsWith<T>(this ReadOnlySpan<T> span, ReadOnlySpan<T> value)
        where T : IEquatable<T>? =>
        span.Length >= value.Length && span.Slice(0, value.Length).SequenceEqual(value);

    public static bool StartsWith<T>(this ReadOnlySpan<T> span, T value)
        where T : IEquatable<T>? => span.Length != 0 && Same(span[0], value);

    public static bool EndsWith<T>(this ReadOnlySpan<T> span, ReadOnlySpan<T> value)
        where T : IEquatable<T>? =>
        span.Length >= value.Length && span.Slice(span.Length - value.Length).SequenceEqual(value);

    public static bool EndsWith<T>(this ReadOnlySpan<T> span, T value)
        where T : IEquatable<T>? => span.Length != 0 && Same(span[span.Length - 1], value);

    public static void Reverse<T>(this Span<T> span)
    {
        int low = 0;
        int high = span.Length - 1;
        while (low < high)
        {
            (span[low], span[high]) = (span[high], span[low]);
            low++;
            high--;
        }
    }

    public static void CopyTo<T>(this T[]? source, Span<T> destination) =>
        new ReadOnlySpan<T>(source).CopyTo(destination);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static bool Same<T>(T left, T right)
        where T : IEquatable<T>? =>
        typeof(T).IsValueType ? left!.Equals(right) : left is null ? right is null : left.Equals(right);
}

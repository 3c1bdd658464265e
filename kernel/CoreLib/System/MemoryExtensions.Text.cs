// SPDX-License-Identifier: MIT
namespace System;

public static partial class MemoryExtensions
{
    public static ReadOnlySpan<char> Trim(this ReadOnlySpan<char> span) => span.TrimStart().TrimEnd();

    public static ReadOnlySpan<char> TrimStart(this ReadOnlySpan<char> span)
    {
        int start = 0;
        while (start < span.Length && char.IsWhiteSpace(span[start]))
        {
            start++;
        }
        return span.Slice(start);
    }

    public static ReadOnlySpan<char> TrimEnd(this ReadOnlySpan<char> span)
    {
        int end = span.Length;
        while (end > 0 && char.IsWhiteSpace(span[end - 1]))
        {
            end--;
        }
        return span.Slice(0, end);
    }

    public static bool Equals(
        this ReadOnlySpan<char> span, ReadOnlySpan<char> other, StringComparison comparisonType) =>
        span.Length == other.Length && CompareTo(span, other, comparisonType) == 0;

    public static int CompareTo(
        this ReadOnlySpan<char> span, ReadOnlySpan<char> other, StringComparison comparisonType)
    {
        if (!IgnoresCase(comparisonType))
        {
            return span.SequenceCompareTo(other);
        }
        int shorter = Math.Min(span.Length, other.Length);
        for (int i = 0; i < shorter; i++)
        {
            int result = char.ToUpperInvariant(span[i]) - char.ToUpperInvariant(other[i]);
            if (result != 0)
            {
                return result;
            }
        }
        return span.Length.CompareTo(other.Length);
    }

    public static int IndexOf(
        this ReadOnlySpan<char> span, ReadOnlySpan<char> value, StringComparison comparisonType)
    {
        for (int i = 0; i <= span.Length - value.Length; i++)
        {
            if (span.Slice(i, value.Length).Equals(value, comparisonType))
            {
                return i;
            }
        }
        return -1;
    }

    public static bool Contains(
        this ReadOnlySpan<char> span, ReadOnlySpan<char> value, StringComparison comparisonType) =>
        span.IndexOf(value, comparisonType) >= 0;

    public static bool StartsWith(
        this ReadOnlySpan<char> span, ReadOnlySpan<char> value, StringComparison comparisonType) =>
        span.Length >= value.Length && span.Slice(0, value.Length).Equals(value, comparisonType);

    public static bool EndsWith(
        this ReadOnlySpan<char> span, ReadOnlySpan<char> value, StringComparison comparisonType) =>
        span.Length >= value.Length && span.Slice(span.Length - value.Length).Equals(value, comparisonType);

    private static bool IgnoresCase(StringComparison comparison) =>
        comparison is StringComparison.OrdinalIgnoreCase
            or StringComparison.InvariantCultureIgnoreCase
            or StringComparison.CurrentCultureIgnoreCase;
}

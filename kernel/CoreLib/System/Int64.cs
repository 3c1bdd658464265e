// SPDX-License-Identifier: MIT
using System.Globalization;
using System.Runtime.CompilerServices;
using Hypervisor.Runtime;

namespace System;

public readonly struct Int64 : IComparable<long>, IEquatable<long>, ISpanFormattable, IUtf8SpanFormattable
{
    public const long MaxValue = 9223372036854775807L;
    public const long MinValue = -9223372036854775808L;

    private readonly long _value;

    public static long Parse(string s) => Parse(s.AsSpan());

    public static long Parse(ReadOnlySpan<char> s, NumberStyles style = NumberStyles.Integer)
    {
        if (!TryParse(s, style, null, out long result))
        {
            ThrowHelper.Format();
        }
        return result;
    }

    public static bool TryParse(string? s, out long result) =>
        TryParse(s.AsSpan(), NumberStyles.Integer, null, out result);

    public static bool TryParse(ReadOnlySpan<char> s, out long result) =>
        TryParse(s, NumberStyles.Integer, null, out result);

    public static bool TryParse(
        ReadOnlySpan<char> s, NumberStyles style, IFormatProvider? provider, out long result)
    {
        bool good = NumberParser.TryParseSigned(s, style, 64, out long wide);
        result = unchecked((long)wide);
        return good;
    }

    public int CompareTo(long value) => _value < value ? -1 : _value > value ? 1 : 0;

    public bool Equals(long obj) => _value == obj;

    public override bool Equals(object? obj) => obj is long other && _value == other;

    public override int GetHashCode() => unchecked((int)_value ^ (int)((ulong)_value >> 32));

    public override string ToString() => Text().ToString(default);

    public string ToString(string? format) => Text().ToString(format);

    public string ToString(string? format, IFormatProvider? formatProvider) => Text().ToString(format);

    public bool TryFormat(
        Span<char> destination,
        out int charsWritten,
        ReadOnlySpan<char> format = default,
        IFormatProvider? provider = null) => Text().TryFormat(destination, out charsWritten, format);

    public bool TryFormat(
        Span<byte> utf8Destination,
        out int bytesWritten,
        ReadOnlySpan<char> format = default,
        IFormatProvider? provider = null) => Text().TryFormat(utf8Destination, out bytesWritten, format);

    private NumberText Text() => new NumberText(
        _value < 0,
        unchecked((ulong)(_value < 0 ? -(long)_value : _value)),
        unchecked((ulong)_value), 16);
}

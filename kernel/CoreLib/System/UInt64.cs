// SPDX-License-Identifier: MIT
using System.Globalization;
using System.Runtime.CompilerServices;
using Hypervisor.Runtime;

namespace System;

public readonly struct UInt64 : IComparable<ulong>, IEquatable<ulong>, ISpanFormattable, IUtf8SpanFormattable
{
    public const ulong MaxValue = 18446744073709551615UL;
    public const ulong MinValue = 0;

    private readonly ulong _value;

    public static ulong Parse(string s) => Parse(s.AsSpan());

    public static ulong Parse(ReadOnlySpan<char> s, NumberStyles style = NumberStyles.Integer)
    {
        if (!TryParse(s, style, null, out ulong result))
        {
            ThrowHelper.Format();
        }
        return result;
    }

    public static bool TryParse(string? s, out ulong result) =>
        TryParse(s.AsSpan(), NumberStyles.Integer, null, out result);

    public static bool TryParse(ReadOnlySpan<char> s, out ulong result) =>
        TryParse(s, NumberStyles.Integer, null, out result);

    public static bool TryParse(
        ReadOnlySpan<char> s, NumberStyles style, IFormatProvider? provider, out ulong result)
    {
        bool good = NumberParser.TryParseUnsigned(s, style, 64, out ulong wide);
        result = unchecked((ulong)wide);
        return good;
    }

    public int CompareTo(ulong value) => _value < value ? -1 : _value > value ? 1 : 0;

    public bool Equals(ulong obj) => _value == obj;

    public override bool Equals(object? obj) => obj is ulong other && _value == other;

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

    private NumberText Text() => new NumberText(false, _value, _value, 16);
}

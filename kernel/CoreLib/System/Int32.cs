// SPDX-License-Identifier: MIT
using System.Globalization;
using System.Runtime.CompilerServices;
using Hypervisor.Runtime;

namespace System;

public readonly struct Int32 : IComparable<int>, IEquatable<int>, ISpanFormattable, IUtf8SpanFormattable
{
    public const int MaxValue = 2147483647;
    public const int MinValue = -2147483648;

    private readonly int _value;

    public static int Parse(string s) => Parse(s.AsSpan());

    public static int Parse(ReadOnlySpan<char> s, NumberStyles style = NumberStyles.Integer)
    {
        if (!TryParse(s, style, null, out int result))
        {
            ThrowHelper.Format();
        }
        return result;
    }

    public static bool TryParse(string? s, out int result) =>
        TryParse(s.AsSpan(), NumberStyles.Integer, null, out result);

    public static bool TryParse(ReadOnlySpan<char> s, out int result) =>
        TryParse(s, NumberStyles.Integer, null, out result);

    public static bool TryParse(
        ReadOnlySpan<char> s, NumberStyles style, IFormatProvider? provider, out int result)
    {
        bool good = NumberParser.TryParseSigned(s, style, 32, out long wide);
        result = unchecked((int)wide);
        return good;
    }

    public int CompareTo(int value) => _value < value ? -1 : _value > value ? 1 : 0;

    public bool Equals(int obj) => _value == obj;

    public override bool Equals(object? obj) => obj is int other && _value == other;

    public override int GetHashCode() => _value;

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

    private NumberText Text() =>
        new NumberText(_value < 0, unchecked((ulong)(_value < 0 ? -(long)_value : _value)), unchecked((uint)_value), 8);
}

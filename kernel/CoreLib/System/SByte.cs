// SPDX-License-Identifier: MIT
using System.Globalization;
using System.Runtime.CompilerServices;
using Hypervisor.Runtime;

namespace System;

public readonly struct SByte : IComparable<sbyte>, IEquatable<sbyte>, ISpanFormattable, IUtf8SpanFormattable
{
    public const sbyte MaxValue = 127;
    public const sbyte MinValue = -128;

    private readonly sbyte _value;

    public static sbyte Parse(string s) => Parse(s.AsSpan());

    public static sbyte Parse(ReadOnlySpan<char> s, NumberStyles style = NumberStyles.Integer)
    {
        if (!TryParse(s, style, null, out sbyte result))
        {
            ThrowHelper.Format();
        }
        return result;
    }

    public static bool TryParse(string? s, out sbyte result) =>
        TryParse(s.AsSpan(), NumberStyles.Integer, null, out result);

    public static bool TryParse(ReadOnlySpan<char> s, out sbyte result) =>
        TryParse(s, NumberStyles.Integer, null, out result);

    public static bool TryParse(
        ReadOnlySpan<char> s, NumberStyles style, IFormatProvider? provider, out sbyte result)
    {
        bool good = NumberParser.TryParseSigned(s, style, 8, out long wide);
        result = unchecked((sbyte)wide);
        return good;
    }

    public int CompareTo(sbyte value) => _value < value ? -1 : _value > value ? 1 : 0;

    public bool Equals(sbyte obj) => _value == obj;

    public override bool Equals(object? obj) => obj is sbyte other && _value == other;

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
        new NumberText(_value < 0, unchecked((ulong)(_value < 0 ? -(long)_value : _value)), unchecked((byte)_value), 2);
}

// SPDX-License-Identifier: MIT
using System.Globalization;
using System.Runtime.CompilerServices;
using Hypervisor.Runtime;

namespace System;

public readonly struct Int16 : IComparable<short>, IEquatable<short>, ISpanFormattable, IUtf8SpanFormattable
{
    public const short MaxValue = 32767;
    public const short MinValue = -32768;

    private readonly short _value;

    public static short Parse(string s) => Parse(s.AsSpan());

    public static short Parse(ReadOnlySpan<char> s, NumberStyles style = NumberStyles.Integer)
    {
        if (!TryParse(s, style, null, out short result))
        {
            ThrowHelper.Format();
        }
        return result;
    }

    public static bool TryParse(string? s, out short result) =>
        TryParse(s.AsSpan(), NumberStyles.Integer, null, out result);

    public static bool TryParse(ReadOnlySpan<char> s, out short result) =>
        TryParse(s, NumberStyles.Integer, null, out result);

    public static bool TryParse(
        ReadOnlySpan<char> s, NumberStyles style, IFormatProvider? provider, out short result)
    {
        bool good = NumberParser.TryParseSigned(s, style, 16, out long wide);
        result = unchecked((short)wide);
        return good;
    }

    public int CompareTo(short value) => _value < value ? -1 : _value > value ? 1 : 0;

    public bool Equals(short obj) => _value == obj;

    public override bool Equals(object? obj) => obj is short other && _value == other;

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

    private NumberText Text() => new NumberText(
        _value < 0,
        unchecked((ulong)(_value < 0 ? -(long)_value : _value)),
        unchecked((ushort)_value), 4);
}

// SPDX-License-Identifier: MIT
using System.Globalization;
using System.Runtime.CompilerServices;
using Hypervisor.Runtime;

namespace System;

public readonly struct Byte : IComparable<byte>, IEquatable<byte>, ISpanFormattable, IUtf8SpanFormattable
{
    public const byte MaxValue = 255;
    public const byte MinValue = 0;

    private readonly byte _value;

    public static byte Parse(string s) => Parse(s.AsSpan());

    public static byte Parse(ReadOnlySpan<char> s, NumberStyles style = NumberStyles.Integer)
    {
        if (!TryParse(s, style, null, out byte result))
        {
            ThrowHelper.Format();
        }
        return result;
    }

    public static bool TryParse(string? s, out byte result) =>
        TryParse(s.AsSpan(), NumberStyles.Integer, null, out result);

    public static bool TryParse(ReadOnlySpan<char> s, out byte result) =>
        TryParse(s, NumberStyles.Integer, null, out result);

    public static bool TryParse(
        ReadOnlySpan<char> s, NumberStyles style, IFormatProvider? provider, out byte result)
    {
        bool good = NumberParser.TryParseUnsigned(s, style, 8, out ulong wide);
        result = unchecked((byte)wide);
        return good;
    }

    public int CompareTo(byte value) => _value < value ? -1 : _value > value ? 1 : 0;

    public bool Equals(byte obj) => _value == obj;

    public override bool Equals(object? obj) => obj is byte other && _value == other;

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

    private NumberText Text() => new NumberText(false, _value, _value, 2);
}

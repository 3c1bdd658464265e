// SPDX-License-Identifier: MIT
using System.Globalization;
using System.Runtime.CompilerServices;
using Hypervisor.Runtime;

namespace System;

public readonly struct UInt32 : IComparable<uint>, IEquatable<uint>, ISpanFormattable, IUtf8SpanFormattable
{
    public const uint MaxValue = 4294967295;
    public const uint MinValue = 0;

    private readonly uint _value;

    public static uint Parse(string s) => Parse(s.AsSpan());

    public static uint Parse(ReadOnlySpan<char> s, NumberStyles style = NumberStyles.Integer)
    {
        if (!TryParse(s, style, null, out uint result))
        {
            ThrowHelper.Format();
        }
        return result;
    }

    public static bool TryParse(string? s, out uint result) =>
        TryParse(s.AsSpan(), NumberStyles.Integer, null, out result);

    public static bool TryParse(ReadOnlySpan<char> s, out uint result) =>
        TryParse(s, NumberStyles.Integer, null, out result);

    public static bool TryParse(
        ReadOnlySpan<char> s, NumberStyles style, IFormatProvider? provider, out uint result)
    {
        bool good = NumberParser.TryParseUnsigned(s, style, 32, out ulong wide);
        result = unchecked((uint)wide);
        return good;
    }

    public int CompareTo(uint value) => _value < value ? -1 : _value > value ? 1 : 0;

    public bool Equals(uint obj) => _value == obj;

    public override bool Equals(object? obj) => obj is uint other && _value == other;

    public override int GetHashCode() => unchecked((int)_value);

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

    private NumberText Text() => new NumberText(false, _value, _value, 8);
}

// SPDX-License-Identifier: MIT
using System.Globalization;
using System.Runtime.CompilerServices;
using Hypervisor.Runtime;

namespace System;

public readonly struct UInt16 : IComparable<ushort>, IEquatable<ushort>, ISpanFormattable, IUtf8SpanFormattable
{
    public const ushort MaxValue = 65535;
    public const ushort MinValue = 0;

    private readonly ushort _value;

    public static ushort Parse(string s) => Parse(s.AsSpan());

    public static ushort Parse(ReadOnlySpan<char> s, NumberStyles style = NumberStyles.Integer)
    {
        if (!TryParse(s, style, null, out ushort result))
        {
            ThrowHelper.Format();
        }
        return result;
    }

    public static bool TryParse(string? s, out ushort result) =>
        TryParse(s.AsSpan(), NumberStyles.Integer, null, out result);

    public static bool TryParse(ReadOnlySpan<char> s, out ushort result) =>
        TryParse(s, NumberStyles.Integer, null, out result);

    public static bool TryParse(
        ReadOnlySpan<char> s, NumberStyles style, IFormatProvider? provider, out ushort result)
    {
        bool good = NumberParser.TryParseUnsigned(s, style, 16, out ulong wide);
        result = unchecked((ushort)wide);
        return good;
    }

    public int CompareTo(ushort value) => _value < value ? -1 : _value > value ? 1 : 0;

    public bool Equals(ushort obj) => _value == obj;

    public override bool Equals(object? obj) => obj is ushort other && _value == other;

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

    private NumberText Text() => new NumberText(false, _value, _value, 4);
}

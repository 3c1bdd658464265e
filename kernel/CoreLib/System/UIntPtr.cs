// SPDX-License-Identifier: MIT
using System.Globalization;
using System.Runtime.CompilerServices;
using Hypervisor.Runtime;

namespace System;

public readonly struct UIntPtr : IComparable<nuint>, IEquatable<nuint>, ISpanFormattable, IUtf8SpanFormattable
{
    public static readonly nuint Zero;

    public static nuint MinValue => 0;

    public static nuint MaxValue => unchecked((nuint)ulong.MaxValue);

    public static int Size => 8;

    private readonly unsafe void* _value;

    [Intrinsic]
    public unsafe UIntPtr(uint value)
    {
        _value = (void*)value;
    }

    [Intrinsic]
    public unsafe UIntPtr(ulong value)
    {
        _value = (void*)value;
    }

    [Intrinsic]
    public unsafe UIntPtr(void* value)
    {
        _value = value;
    }

    private unsafe ulong Number => (ulong)_value;

    [Intrinsic]
    public unsafe void* ToPointer() => _value;

    [Intrinsic]
    public uint ToUInt32() => checked((uint)Number);

    [Intrinsic]
    public ulong ToUInt64() => Number;

    [Intrinsic]
    public static explicit operator UIntPtr(uint value) => new(value);

    [Intrinsic]
    public static explicit operator UIntPtr(ulong value) => new(value);

    [Intrinsic]
    public static unsafe explicit operator UIntPtr(void* value) => new(value);

    [Intrinsic]
    public static unsafe explicit operator void*(UIntPtr value) => value._value;

    [Intrinsic]
    public static explicit operator uint(UIntPtr value) => checked((uint)value.Number);

    [Intrinsic]
    public static explicit operator ulong(UIntPtr value) => value.Number;

    [Intrinsic]
    public static bool operator ==(UIntPtr value1, UIntPtr value2) => value1.Number == value2.Number;

    [Intrinsic]
    public static bool operator !=(UIntPtr value1, UIntPtr value2) => value1.Number != value2.Number;

    public static nuint Parse(string s) => Parse(s.AsSpan());

    public static nuint Parse(ReadOnlySpan<char> s, NumberStyles style = NumberStyles.Integer)
    {
        if (!TryParse(s, style, null, out nuint result))
        {
            ThrowHelper.Format();
        }
        return result;
    }

    public static bool TryParse(string? s, out nuint result) =>
        TryParse(s.AsSpan(), NumberStyles.Integer, null, out result);

    public static bool TryParse(ReadOnlySpan<char> s, out nuint result) =>
        TryParse(s, NumberStyles.Integer, null, out result);

    public static bool TryParse(
        ReadOnlySpan<char> s, NumberStyles style, IFormatProvider? provider, out nuint result)
    {
        bool good = NumberParser.TryParseUnsigned(s, style, 64, out ulong wide);
        result = unchecked((nuint)wide);
        return good;
    }

    public int CompareTo(nuint value) => Number < value ? -1 : Number > value ? 1 : 0;

    public bool Equals(nuint obj) => Number == obj;

    public override bool Equals(object? obj) => obj is nuint other && Number == other;

    public override int GetHashCode() => unchecked((int)Number ^ (int)((ulong)Number >> 32));

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

    private NumberText Text() => new NumberText(false, Number, Number, 16);
}

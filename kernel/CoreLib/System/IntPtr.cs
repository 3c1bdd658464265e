// SPDX-License-Identifier: MIT
using System.Globalization;
using System.Runtime.CompilerServices;
using Hypervisor.Runtime;

namespace System;

public readonly struct IntPtr : IComparable<nint>, IEquatable<nint>, ISpanFormattable, IUtf8SpanFormattable
{
    public static readonly nint Zero;

    public static nint MinValue => unchecked((nint)long.MinValue);

    public static nint MaxValue => unchecked((nint)long.MaxValue);

    public static int Size => 8;

    private readonly unsafe void* _value;

    [Intrinsic]
    public unsafe IntPtr(int value)
    {
        _value = (void*)value;
    }

    [Intrinsic]
    public unsafe IntPtr(long value)
    {
        _value = (void*)value;
    }

    [Intrinsic]
    public unsafe IntPtr(void* value)
    {
        _value = value;
    }

    private unsafe long Number => (long)_value;

    [Intrinsic]
    public unsafe void* ToPointer() => _value;

    [Intrinsic]
    public int ToInt32() => checked((int)Number);

    [Intrinsic]
    public long ToInt64() => Number;

    [Intrinsic]
    public static explicit operator IntPtr(int value) => new(value);

    [Intrinsic]
    public static explicit operator IntPtr(long value) => new(value);

    [Intrinsic]
    public static unsafe explicit operator IntPtr(void* value) => new(value);

    [Intrinsic]
    public static unsafe explicit operator void*(IntPtr value) => value._value;

    [Intrinsic]
    public static explicit operator int(IntPtr value) => checked((int)value.Number);

    [Intrinsic]
    public static explicit operator long(IntPtr value) => value.Number;

    [Intrinsic]
    public static bool operator ==(IntPtr value1, IntPtr value2) => value1.Number == value2.Number;

    [Intrinsic]
    public static bool operator !=(IntPtr value1, IntPtr value2) => value1.Number != value2.Number;

    public static nint Parse(string s) => Parse(s.AsSpan());

    public static nint Parse(ReadOnlySpan<char> s, NumberStyles style = NumberStyles.Integer)
    {
        if (!TryParse(s, style, null, out nint result))
        {
            ThrowHelper.Format();
        }
        return result;
    }

    public static bool TryParse(string? s, out nint result) =>
        TryParse(s.AsSpan(), NumberStyles.Integer, null, out result);

    public static bool TryParse(ReadOnlySpan<char> s, out nint result) =>
        TryParse(s, NumberStyles.Integer, null, out result);

    public static bool TryParse(
        ReadOnlySpan<char> s, NumberStyles style, IFormatProvider? provider, out nint result)
    {
        bool good = NumberParser.TryParseSigned(s, style, 64, out long wide);
        result = unchecked((nint)wide);
        return good;
    }

    public int CompareTo(nint value) => Number < value ? -1 : Number > value ? 1 : 0;

    public bool Equals(nint obj) => Number == obj;

    public override bool Equals(object? obj) => obj is nint other && Number == other;

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

    private NumberText Text() => new NumberText(
        Number < 0,
        unchecked((ulong)(Number < 0 ? -(long)Number : Number)),
        unchecked((ulong)Number), 16);
}

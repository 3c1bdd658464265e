// SPDX-License-Identifier: MIT
namespace System;

/// <summary>One UTF-16 unit. The tests and conversions of classes know ASCII only.</summary>
public readonly struct Char : IComparable<char>, IEquatable<char>
{
    public const char MaxValue = '\uffff';
    public const char MinValue = '\0';

    private readonly char _value;

    public static bool IsAscii(char c) => c < 0x80;

    public static bool IsDigit(char c) => IsAsciiDigit(c);

    public static bool IsLetter(char c) => IsAsciiLetter(c);

    public static bool IsLetterOrDigit(char c) => IsAsciiLetterOrDigit(c);

    public static bool IsWhiteSpace(char c) => c is ' ' or (>= '\t' and <= '\r') or '\u0085' or '\u00a0';

    public static bool IsControl(char c) => c is < ' ' or (>= '\u007f' and < '\u00a0');

    public static bool IsUpper(char c) => IsAsciiLetterUpper(c);

    public static bool IsLower(char c) => IsAsciiLetterLower(c);

    public static bool IsAsciiDigit(char c) => IsBetween(c, '0', '9');

    public static bool IsAsciiLetter(char c) => IsBetween((char)(c | 0x20), 'a', 'z');

    public static bool IsAsciiLetterUpper(char c) => IsBetween(c, 'A', 'Z');

    public static bool IsAsciiLetterLower(char c) => IsBetween(c, 'a', 'z');

    public static bool IsAsciiLetterOrDigit(char c) => IsAsciiLetter(c) || IsAsciiDigit(c);

    public static bool IsAsciiHexDigit(char c) => IsAsciiDigit(c) || IsBetween((char)(c | 0x20), 'a', 'f');

    public static bool IsBetween(char c, char minInclusive, char maxInclusive) =>
        (uint)(c - minInclusive) <= (uint)(maxInclusive - minInclusive);

    public static char ToUpperInvariant(char c) => IsAsciiLetterLower(c) ? (char)(c - 0x20) : c;

    public static char ToLowerInvariant(char c) => IsAsciiLetterUpper(c) ? (char)(c + 0x20) : c;

    public static char ToUpper(char c) => ToUpperInvariant(c);

    public static char ToLower(char c) => ToLowerInvariant(c);

    public static string ToString(char c) => new(c, 1);

    public int CompareTo(char value) => _value - value;

    public bool Equals(char obj) => _value == obj;

    public override bool Equals(object? obj) => obj is char other && _value == other;

    public override int GetHashCode() => _value | (_value << 16);

    public override string ToString() => new(_value, 1);
}

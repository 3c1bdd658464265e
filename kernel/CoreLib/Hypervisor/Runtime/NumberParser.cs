// SPDX-License-Identifier: MIT
using System.Globalization;

namespace Hypervisor.Runtime;

/// <summary>Reads integers of any width from text; a number that does not fit is refused, never cut.</summary>
internal static class NumberParser
{
    internal static bool TryParseSigned(ReadOnlySpan<char> text, NumberStyles style, int bits, out long result)
    {
        result = 0;
        bool hex = (style & NumberStyles.AllowHexSpecifier) != 0;
        if (!TryRead(text, style, out bool negative, out ulong magnitude))
        {
            return false;
        }
        ulong limit = 1UL << (bits - 1);
        if (hex)
        {
            // Hexadecimal text is the bits: ffffffff is -1 of 32 bits.
            result = (long)(magnitude << (64 - bits)) >> (64 - bits);
            return bits == 64 || magnitude >> bits == 0;
        }
        result = negative ? unchecked(-(long)magnitude) : (long)magnitude;
        bool fits = negative ? magnitude <= limit : magnitude < limit;
        result = fits ? result : 0;
        return fits;
    }

    internal static bool TryParseUnsigned(ReadOnlySpan<char> text, NumberStyles style, int bits, out ulong result)
    {
        bool good = TryRead(text, style, out bool negative, out result)
            && (!negative || result == 0)
            && (bits == 64 || result >> bits == 0);
        result = good ? result : 0;
        return good;
    }

    private static bool TryRead(ReadOnlySpan<char> text, NumberStyles style, out bool negative, out ulong magnitude)
    {
        negative = false;
        magnitude = 0;
        text = (style & NumberStyles.AllowLeadingWhite) != 0 ? text.TrimStart() : text;
        text = (style & NumberStyles.AllowTrailingWhite) != 0 ? text.TrimEnd() : text;
        if ((style & NumberStyles.AllowLeadingSign) != 0 && text.Length != 0 && text[0] is '-' or '+')
        {
            negative = text[0] == '-';
            text = text.Slice(1);
        }
        uint radix = (style & NumberStyles.AllowHexSpecifier) != 0 ? 16u : 10u;
        foreach (char c in text)
        {
            uint digit = Digit(c);
            if (digit >= radix || magnitude > (ulong.MaxValue - digit) / radix)
            {
                return false;
            }
            magnitude = (magnitude * radix) + digit;
        }
        return text.Length != 0;
    }

    private static uint Digit(char c) =>
        char.IsAsciiDigit(c)
            ? (uint)(c - '0')
            : char.IsAsciiHexDigit(c) ? (uint)((c | 0x20) - 'a' + 10) : uint.MaxValue;
}

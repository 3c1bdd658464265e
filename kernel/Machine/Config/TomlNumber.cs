// SPDX-License-Identifier: MIT
using System;

namespace Hypervisor.Machine.Config;

/// <summary>Reads the words of TOML that stand without quotes (TOML 1.0, "Integer", "Float", "Boolean").</summary>
internal static class TomlNumber
{
    /// <summary>What <paramref name="word"/> is; for a boolean <paramref name="value"/> is 1 or 0.</summary>
    public static TomlNumberOutcome Parse(ReadOnlySpan<byte> word, out long value)
    {
        value = 0;
        if (Is(word, "true"))
        {
            value = 1;
            return TomlNumberOutcome.True;
        }

        if (Is(word, "false"))
        {
            return TomlNumberOutcome.False;
        }

        bool signed = word.Length > 0 && word[0] is (byte)'+' or (byte)'-';
        ReadOnlySpan<byte> rest = signed ? word.Slice(1) : word;
        if (Is(rest, "inf") || Is(rest, "nan"))
        {
            return TomlNumberOutcome.Float;
        }

        if (rest.Length == 0 || Digit(rest[0]) > 9)
        {
            return TomlNumberOutcome.Invalid;
        }

        if (rest[0] == '0' && rest.Length > 2 && Radix(rest[1]) != 0)
        {
            return signed ? TomlNumberOutcome.Invalid : ParseDigits(rest.Slice(2), Radix(rest[1]), false, out value);
        }

        TomlNumberOutcome other = FractionOrDate(rest);
        if (other != TomlNumberOutcome.Integer)
        {
            return other;
        }

        bool leadingZero = rest[0] == '0' && rest.Length > 1;
        return leadingZero ? TomlNumberOutcome.Invalid : ParseDigits(rest, 10, word[0] == '-', out value);
    }

    /// <summary>The value of a digit of any radix up to 16; 99 for anything else.</summary>
    public static int Digit(byte c) => c switch
    {
        >= (byte)'0' and <= (byte)'9' => c - '0',
        >= (byte)'a' and <= (byte)'f' => c - 'a' + 10,
        >= (byte)'A' and <= (byte)'F' => c - 'A' + 10,
        _ => 99,
    };

    private static int Radix(byte letter) => letter switch
    {
        (byte)'x' => 16,
        (byte)'o' => 8,
        (byte)'b' => 2,
        _ => 0,
    };

    private static TomlNumberOutcome ParseDigits(ReadOnlySpan<byte> digits, int radix, bool negative, out long value)
    {
        ulong limit = negative ? 1UL << 63 : (1UL << 63) - 1;
        ulong sum = 0;
        bool afterDigit = false;
        bool tooLarge = false;
        value = 0;
        for (int i = 0; i < digits.Length; i++)
        {
            int digit = Digit(digits[i]);
            bool separator = digits[i] == '_' && afterDigit && i + 1 < digits.Length;
            if (digit >= radix && !separator)
            {
                return TomlNumberOutcome.Invalid;
            }

            afterDigit = !separator;
            if (separator || tooLarge)
            {
                continue;
            }

            tooLarge = sum > (limit - (ulong)digit) / (ulong)radix;
            sum = (sum * (ulong)radix) + (ulong)digit;
        }

        value = negative ? unchecked((long)(0 - sum)) : (long)sum;
        return tooLarge ? TomlNumberOutcome.TooLarge : TomlNumberOutcome.Integer;
    }

    /// <summary>Tells fractions and dates by their look; Integer where it is neither.</summary>
    private static TomlNumberOutcome FractionOrDate(ReadOnlySpan<byte> text)
    {
        bool dot = false;
        int digits = 0;
        for (int i = 0; i < text.Length; i++)
        {
            byte c = text[i];
            if (Digit(c) <= 9 || c == '_')
            {
                digits += dot ? 0 : 1;
            }
            else if ((c == '-' && digits == 4 && !dot) || (c == ':' && digits == 2))
            {
                return TomlNumberOutcome.Date;
            }
            else if (c == '.')
            {
                dot = true;
            }
            else
            {
                bool exponent = c is (byte)'e' or (byte)'E' && i + 1 < text.Length;
                return exponent && IsExponent(text.Slice(i + 1)) ? TomlNumberOutcome.Float : TomlNumberOutcome.Integer;
            }
        }

        return dot ? TomlNumberOutcome.Float : TomlNumberOutcome.Integer;
    }

    private static bool IsExponent(ReadOnlySpan<byte> text)
    {
        int start = text[0] is (byte)'+' or (byte)'-' ? 1 : 0;
        for (int i = start; i < text.Length; i++)
        {
            if (Digit(text[i]) > 9 && text[i] != '_')
            {
                return false;
            }
        }

        return text.Length > start;
    }

    private static bool Is(ReadOnlySpan<byte> word, string text)
    {
        if (word.Length != text.Length)
        {
            return false;
        }

        for (int i = 0; i < word.Length; i++)
        {
            if (word[i] != text[i])
            {
                return false;
            }
        }

        return true;
    }
}

// SPDX-License-Identifier: MIT
using System;

namespace Hypervisor.Machine;

/// <summary>Builds a text piece by piece; grows as needed, so only for the times when allocation is allowed.</summary>
public sealed class TextBuilder
{
    private char[] _characters;

    public TextBuilder(int capacity = 128)
    {
        _characters = new char[Math.Max(capacity, 16)];
    }

    /// <summary>How many UTF-16 units there are.</summary>
    public int Length { get; private set; }

    public void Clear() => Length = 0;

    public TextBuilder Append(char value)
    {
        Reserve(1);
        _characters[Length++] = value;
        return this;
    }

    public TextBuilder Append(string text)
    {
        Reserve(text.Length);
        for (int i = 0; i < text.Length; i++)
        {
            _characters[Length + i] = text[i];
        }

        Length += text.Length;
        return this;
    }

    /// <summary>The number in decimal.</summary>
    public TextBuilder Append(ulong value)
    {
        int digits = 1;
        for (ulong rest = value / 10; rest != 0; rest /= 10)
        {
            digits++;
        }

        Reserve(digits);
        for (int i = digits - 1; i >= 0; i--)
        {
            _characters[Length + i] = (char)('0' + (value % 10));
            value /= 10;
        }

        Length += digits;
        return this;
    }

    /// <summary>The number in decimal, with its sign.</summary>
    public TextBuilder Append(long value) =>
        value < 0 ? Append('-').Append(unchecked(0UL - (ulong)value)) : Append((ulong)value);

    public TextBuilder Append(int value) => Append((long)value);

    /// <summary>The number in lower-case hexadecimal with at least <paramref name="digits"/> digits.</summary>
    public TextBuilder AppendHexadecimal(ulong value, int digits = 1)
    {
        int count = 1;
        while (count < 16 && value >> (count * 4) != 0)
        {
            count++;
        }

        for (int i = Math.Max(count, Math.Min(digits, 16)) - 1; i >= 0; i--)
        {
            int digit = (int)((value >> (i * 4)) & 15);
            _ = Append((char)(digit < 10 ? '0' + digit : 'a' + digit - 10));
        }

        return this;
    }

    /// <summary>Fills up with blanks to <paramref name="column"/> units.</summary>
    public TextBuilder PadTo(int column)
    {
        while (Length < column)
        {
            _ = Append(' ');
        }

        return this;
    }

    public override string ToString() => new(_characters, 0, Length);

    private void Reserve(int more)
    {
        int wanted = checked(Length + more);
        if (wanted <= _characters.Length)
        {
            return;
        }

        char[] larger = new char[Math.Max(wanted, checked(_characters.Length * 2))];
        for (int i = 0; i < Length; i++)
        {
            larger[i] = _characters[i];
        }

        _characters = larger;
    }
}

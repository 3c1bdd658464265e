// SPDX-License-Identifier: MIT
using System;

namespace Hypervisor.Platform;

/// <summary>
/// Builds ASCII text in memory that somebody else provides; what does not fit is cut off. Never allocates.
/// </summary>
public ref struct TextBuffer
{
    private const int LongestNumber = 20;

    private readonly Span<byte> _memory;
    private int _length;

    public TextBuffer(Span<byte> memory)
    {
        _memory = memory;
        _length = 0;
    }

    public readonly int Length => _length;

    public readonly ReadOnlySpan<byte> Text => _memory.Slice(0, _length);

    /// <summary>Characters beyond ASCII become a question mark.</summary>
    public void Append(char value)
    {
        if (_length < _memory.Length)
        {
            _memory[_length++] = value < 0x80 ? (byte)value : (byte)'?';
        }
    }

    public void Append(string? value)
    {
        if (value == null)
        {
            return;
        }

        for (int index = 0; index < value.Length; index++)
        {
            Append(value[index]);
        }
    }

    public void Append(scoped ReadOnlySpan<byte> value)
    {
        for (int index = 0; index < value.Length; index++)
        {
            Append((char)value[index]);
        }
    }

    public void Append(long value)
    {
        if (value < 0)
        {
            Append('-');
            Append(unchecked(0 - (ulong)value));
        }
        else
        {
            Append((ulong)value);
        }
    }

    /// <summary>In decimal, with leading zeros up to <paramref name="digits"/>.</summary>
    public void Append(ulong value, int digits = 1)
    {
        Span<byte> text = stackalloc byte[LongestNumber];
        int start = LongestNumber;
        do
        {
            text[--start] = (byte)('0' + (value % 10));
            value /= 10;
        }
        while (value != 0);

        Pad('0', digits - (LongestNumber - start));
        Append(text.Slice(start));
    }

    /// <summary>In hexadecimal without prefix, with leading zeros up to <paramref name="digits"/>.</summary>
    public void AppendHex(ulong value, int digits = 1)
    {
        int shift = 60;
        while (shift > 0 && shift >= digits * 4 && (value >> shift) == 0)
        {
            shift -= 4;
        }

        for (; shift >= 0; shift -= 4)
        {
            int digit = (int)(value >> shift) & 0xf;
            Append((char)(digit < 10 ? '0' + digit : 'a' + digit - 10));
        }
    }

    /// <summary>
    /// By a format as in an interpolated string: <c>x</c> is hexadecimal, <c>d</c> or none decimal, each with the least
    /// number of digits behind it.
    /// </summary>
    public void Append(ulong value, string? format)
    {
        int digits = 0;
        for (int index = 1; format != null && index < format.Length; index++)
        {
            digits = (digits * 10) + (format[index] - '0');
        }

        if (!string.IsNullOrEmpty(format) && (format[0] | 0x20) == 'x')
        {
            AppendHex(value, digits);
        }
        else
        {
            Append(value, digits);
        }
    }

    public void Pad(char value, int count)
    {
        for (; count > 0; count--)
        {
            Append(value);
        }
    }
}

// SPDX-License-Identifier: MIT
namespace Hypervisor.Runtime;

/// <summary>
/// An integer on its way to text: plain, "D" and "X" with an optional number of digits, as the framework writes them.
/// </summary>
internal readonly ref struct NumberText
{
    private const int MaxDigits = 64;

    private readonly bool _negative;
    private readonly ulong _magnitude;
    private readonly ulong _bits;
    private readonly int _hexDigits;

    /// <param name="negative">Whether decimal text starts with a minus sign.</param>
    /// <param name="magnitude">The number without its sign, for decimal text.</param>
    /// <param name="bits">The number as it lies in memory, zero-extended, for hexadecimal text.</param>
    /// <param name="hexDigits">The digits of the type, which more would not fill.</param>
    internal NumberText(bool negative, ulong magnitude, ulong bits, int hexDigits)
    {
        _negative = negative;
        _magnitude = magnitude;
        _bits = bits;
        _hexDigits = hexDigits;
    }

    internal string ToString(string? format)
    {
        Span<char> buffer = stackalloc char[MaxDigits + 1];
        if (!TryFormat(buffer, out int length, format))
        {
            ThrowHelper.Format();
        }
        return new string(buffer.Slice(0, length));
    }

    internal bool TryFormat(Span<char> destination, out int written, ReadOnlySpan<char> format)
    {
        Span<byte> text = stackalloc byte[MaxDigits + 1];
        int start = Write(text, format);
        written = 0;
        if (text.Length - start > destination.Length)
        {
            return false;
        }
        for (int i = start; i < text.Length; i++)
        {
            destination[written++] = (char)text[i];
        }
        return true;
    }

    internal bool TryFormat(Span<byte> destination, out int written, ReadOnlySpan<char> format)
    {
        Span<byte> text = stackalloc byte[MaxDigits + 1];
        int start = Write(text, format);
        bool fits = text.Slice(start).TryCopyTo(destination);
        written = fits ? text.Length - start : 0;
        return fits;
    }

    /// <summary>Writes backwards from the end of <paramref name="text"/> and returns where the text starts.</summary>
    private int Write(Span<byte> text, ReadOnlySpan<char> format)
    {
        char kind = format.Length == 0 ? 'D' : format[0];
        int width = format.Length < 2 ? 1 : Math.Min(int.Parse(format.Slice(1)), MaxDigits);
        int at = text.Length;
        if (kind is 'X' or 'x')
        {
            int letters = kind == 'X' ? 'A' - 10 : 'a' - 10;
            for (ulong rest = _bits; rest != 0 || text.Length - at < width; rest >>= 4)
            {
                int digit = (int)(rest & 15);
                text[--at] = (byte)(digit < 10 ? '0' + digit : letters + digit);
            }
            return at;
        }
        if (kind is not ('D' or 'd' or 'G' or 'g'))
        {
            ThrowHelper.Format();
        }
        for (ulong rest = _magnitude; rest != 0 || text.Length - at < width; rest /= 10)
        {
            text[--at] = (byte)('0' + (rest % 10));
        }
        if (_negative)
        {
            text[--at] = (byte)'-';
        }
        return at;
    }
}

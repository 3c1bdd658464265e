// SPDX-License-Identifier: MIT
using System;

namespace Hypervisor.Machine;

/// <summary>Turns UTF-8 bytes into text and back; invalid input never faults.</summary>
public static class Utf8Text
{
    private const char Replacement = '\ufffd';

    /// <summary>
    /// The length of the valid UTF-8 sequence that starts at <paramref name="index"/>, 1 to 4, and its code point; 0
    /// where it is invalid (cut off, overlong, a surrogate, above U+10FFFF). See RFC 3629 section 4.
    /// </summary>
    public static int Decode(ReadOnlySpan<byte> text, int index, out int codePoint)
    {
        codePoint = text[index];
        if (codePoint < 0x80)
        {
            return 1;
        }

        int length = codePoint >= 0xf0 ? 4 : codePoint >= 0xe0 ? 3 : 2;
        if (codePoint is < 0xc2 or > 0xf4 || text.Length - index < length)
        {
            return 0;
        }

        codePoint &= 0xff >> (length + 1);
        for (int i = 1; i < length; i++)
        {
            int next = text[index + i];
            if ((next & 0xc0) != 0x80)
            {
                return 0;
            }

            codePoint = (codePoint << 6) | (next & 0x3f);
        }

        bool valid = length switch
        {
            2 => true,
            3 => codePoint >= 0x800 && codePoint is < 0xd800 or > 0xdfff,
            _ => codePoint is >= 0x10000 and <= 0x10ffff,
        };
        return valid ? length : 0;
    }

    /// <summary>The text of some bytes; what is not valid UTF-8 becomes U+FFFD.</summary>
    public static string ToText(ReadOnlySpan<byte> bytes)
    {
        var text = new TextBuilder(bytes.Length);
        int index = 0;
        while (index < bytes.Length)
        {
            int length = Decode(bytes, index, out int codePoint);
            Append(text, length == 0 ? Replacement : codePoint);
            index += Math.Max(length, 1);
        }

        return text.ToString();
    }

    /// <summary>Appends one code point as one or two UTF-16 units.</summary>
    public static void Append(TextBuilder text, int codePoint)
    {
        if (codePoint < 0x10000)
        {
            _ = text.Append((char)codePoint);
            return;
        }

        int rest = codePoint - 0x10000;
        _ = text.Append((char)(0xd800 + (rest >> 10))).Append((char)(0xdc00 + (rest & 0x3ff)));
    }

    /// <summary>The bytes of a text in UTF-8; half a surrogate pair becomes U+FFFD.</summary>
    public static byte[] ToBytes(string text)
    {
        byte[] bytes = new byte[Encode(text, default)];
        _ = Encode(text, bytes);
        return bytes;
    }

    /// <summary>
    /// Encodes as much as fits into <paramref name="destination"/> and returns how many bytes the whole text takes.
    /// </summary>
    private static int Encode(string text, Span<byte> destination)
    {
        int count = 0;
        for (int i = 0; i < text.Length; i++)
        {
            int codePoint = text[i];
            if (codePoint is >= 0xd800 and <= 0xdfff)
            {
                bool pair = codePoint < 0xdc00 && i + 1 < text.Length && text[i + 1] is >= '\udc00' and <= '\udfff';
                codePoint = pair ? 0x10000 + ((codePoint - 0xd800) << 10) + (text[++i] - 0xdc00) : Replacement;
            }

            int length = codePoint < 0x80 ? 1 : codePoint < 0x800 ? 2 : codePoint < 0x10000 ? 3 : 4;
            for (int part = 0; part < length && count + part < destination.Length; part++)
            {
                destination[count + part] = Unit(codePoint, length, part);
            }

            count += length;
        }

        return count;
    }

    private static byte Unit(int codePoint, int length, int part)
    {
        if (length == 1)
        {
            return (byte)codePoint;
        }

        int bits = codePoint >> (6 * (length - 1 - part));
        int mark = part == 0 ? 0xf00 >> length : 0x80;
        return (byte)(mark | (part == 0 ? bits : bits & 0x3f));
    }
}

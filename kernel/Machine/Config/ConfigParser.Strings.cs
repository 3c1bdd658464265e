// SPDX-License-Identifier: MIT
using System;

namespace Hypervisor.Machine.Config;

/// <summary>Reads strings: basic ones with escapes and literal ones.</summary>
internal ref partial struct ConfigParser
{
    /// <summary>Reads the string that begins at the position; false on an error, which is reported.</summary>
    private bool TryString(out string value)
    {
        value = "";
        int start = _position;
        int quote = Peek();
        Advance();
        if (Peek() == quote && PeekAfter() == quote)
        {
            const string Text = "text over several lines is not supported; write one line, with \\n for a new line";
            Report(ConfigErrorKind.MultiLineStringNotSupported, start, RestOfLine(start), Text);
            return false;
        }

        var text = new TextBuilder();
        while (Peek() != quote)
        {
            if (Peek() is -1 or '\n')
            {
                string missing = quote == '"' ? "the closing \" is missing" : "the closing ' is missing";
                Report(ConfigErrorKind.UnterminatedString, start, RestOfLine(start), missing);
                return false;
            }

            if (quote == '"' && Peek() == '\\')
            {
                if (!TryEscape(text))
                {
                    return false;
                }

                continue;
            }

            int length = Math.Max(Utf8Text.Decode(_text, _position, out int codePoint), 1);
            Utf8Text.Append(text, codePoint is >= 0 and <= 0x10ffff ? codePoint : '?');
            _position += length;
        }

        Advance();
        value = text.ToString();
        return true;
    }

    /// <summary>One escape of a basic string (TOML 1.0, "String").</summary>
    private bool TryEscape(TextBuilder text)
    {
        int start = _position;
        Advance();
        int letter = Peek();
        int plain = letter switch
        {
            'b' => '\b',
            't' => '\t',
            'n' => '\n',
            'f' => '\f',
            'r' => '\r',
            '"' => '"',
            '\\' => '\\',
            'u' or 'U' => TryCodePoint(letter == 'u' ? 4 : 8),
            _ => -1,
        };
        if (plain < 0)
        {
            const string Allowed = "not an escape; allowed: \\b \\t \\n \\f \\r \\\" \\\\ \\uXXXX \\UXXXXXXXX";
            int end = Math.Min(letter is 'u' or 'U' ? start + 6 : start + 2, _text.Length);
            while (end > start + 1 && _text[end - 1] is (byte)'\n' or (byte)'\r')
            {
                end--;
            }

            Report(ConfigErrorKind.InvalidEscape, start, Excerpt(start, end), Allowed);
            return false;
        }

        Advance();
        Utf8Text.Append(text, plain);
        return true;
    }

    /// <summary>
    /// The digits after the letter at the position, leaving the position at the last one; -1 where invalid.
    /// </summary>
    private int TryCodePoint(int digits)
    {
        long value = 0;
        for (int i = 1; i <= digits; i++)
        {
            int digit = _position + i < _text.Length ? TomlNumber.Digit(_text[_position + i]) : 99;
            if (digit >= 16)
            {
                return -1;
            }

            value = (value << 4) | (uint)digit;
        }

        if (value is > 0x10ffff or (>= 0xd800 and <= 0xdfff))
        {
            return -1;
        }

        _position += digits;
        return (int)value;
    }
}

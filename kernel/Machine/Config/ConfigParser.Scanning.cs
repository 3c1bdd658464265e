// SPDX-License-Identifier: MIT
using System;

namespace Hypervisor.Machine.Config;

/// <summary>Where the parser stands in the text, and how it says what is wrong.</summary>
internal ref partial struct ConfigParser
{
    /// <summary>Quoted source text is cut after this many bytes.</summary>
    private const int MaximumExcerpt = 60;

    private bool AtEnd => _position >= _text.Length;

    /// <summary>True before a comment, a line feed or the end of the text.</summary>
    private bool IsAtLineEnd => Peek() is '#' or '\n' or -1;

    /// <summary>The byte at the position; -1 at the end.</summary>
    private int Peek() => _position < _text.Length ? _text[_position] : -1;

    private int PeekAfter() => _position + 1 < _text.Length ? _text[_position + 1] : -1;

    /// <summary>Goes on by one byte and counts lines.</summary>
    private void Advance()
    {
        if (AtEnd)
        {
            return;
        }

        if (_text[_position++] == '\n')
        {
            _line++;
            _lineStart = _position;
        }
    }

    private void SkipBlanks()
    {
        while (Peek() is ' ' or '\t' or '\r')
        {
            Advance();
        }
    }

    private void SkipToNextLine()
    {
        while (!AtEnd && Peek() != '\n')
        {
            Advance();
        }

        Advance();
    }

    /// <summary>Within arrays: blanks, line feeds and comments.</summary>
    private void SkipBlankLines()
    {
        SkipBlanks();
        while (Peek() is '#' or '\n')
        {
            SkipToNextLine();
            SkipBlanks();
        }
    }

    /// <summary>The text from <paramref name="start"/> to the position.</summary>
    private string Excerpt(int start) => Excerpt(start, _position);

    private string Excerpt(int start, int end)
    {
        end = Math.Min(end, _text.Length);
        int cut = Math.Min(end, start + MaximumExcerpt);
        while (cut < end && cut > start && (_text[cut] & 0xc0) == 0x80)
        {
            cut--;
        }

        var text = new TextBuilder();
        string source = Utf8Text.ToText(_text.Slice(start, cut - start));
        for (int i = 0; i < source.Length; i++)
        {
            char c = source[i];
            _ = text.Append(c is '\n' or '\r' or '\t' ? ' ' : c is < ' ' or '\x7f' ? '?' : c);
        }

        return cut < end ? text.Append("...").ToString() : text.ToString();
    }

    /// <summary>
    /// The text from <paramref name="start"/> to the end of its line, without blanks and line feeds around it.
    /// </summary>
    private string RestOfLine(int start)
    {
        int end = start;
        while (end < _text.Length && _text[end] != '\n')
        {
            end++;
        }

        while (end > start && _text[end - 1] is (byte)' ' or (byte)'\t' or (byte)'\r')
        {
            end--;
        }

        return Excerpt(start, end);
    }

    /// <summary>An error in the line of the position; <paramref name="at"/> gives the column.</summary>
    private void Report(ConfigErrorKind kind, int at, string subject, string text) =>
        Report(kind, _line, Math.Max(at - _lineStart, 0) + 1, subject, text);

    private void Report(ConfigErrorKind kind, int line, int column, string subject, string text)
    {
        if (subject.Length == 0)
        {
            subject = "end of line";
        }

        _errors.Add(kind, line, column, subject + ": " + text);
    }

    private void ReportTaken(ConfigErrorKind kind, int start, TomlEntry present)
    {
        TextBuilder text = new TextBuilder().Append('"').Append(present.Key);
        _ = text.Append("\" is there already, in line ").Append(present.Line);
        Report(kind, start, Excerpt(start), text.ToString());
    }

    /// <summary>Finds bytes that are not UTF-8 and control characters, one of each line.</summary>
    private void CheckCharacters()
    {
        int line = 1;
        int lineStart = 0;
        int reported = 0;
        int index = 0;
        while (index < _text.Length)
        {
            int length = Utf8Text.Decode(_text, index, out int codePoint);
            if (reported != line && (length == 0 || IsControl(codePoint, index)))
            {
                reported = line;
                ReportCharacter(line, index - lineStart + 1, length == 0, _text[index]);
            }

            index += Math.Max(length, 1);
            if (length == 1 && codePoint == '\n')
            {
                line++;
                lineStart = index;
            }
        }
    }

    private bool IsControl(int codePoint, int index)
    {
        if (codePoint == '\r')
        {
            return index + 1 >= _text.Length || _text[index + 1] != '\n';
        }

        return codePoint is < ' ' and not ('\t' or '\n') or 0x7f;
    }

    private void ReportCharacter(int line, int column, bool invalid, byte value)
    {
        _root.IsDamaged = true;
        string subject = new TextBuilder().Append("byte 0x").AppendHexadecimal(value, 2).ToString();
        if (invalid)
        {
            Report(ConfigErrorKind.InvalidUtf8, line, column, subject, "the text is not UTF-8");
            return;
        }

        const string Text = "a control character; in a string write \\u00XX";
        Report(ConfigErrorKind.ControlCharacter, line, column, subject, Text);
    }
}

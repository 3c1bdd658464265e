// SPDX-License-Identifier: MIT
using System;

namespace Hypervisor.Machine.Config;

/// <summary>Reads values.</summary>
internal ref partial struct ConfigParser
{
    /// <summary>Arrays and inline tables within each other.</summary>
    private const int MaximumDepth = 16;

    private const string AllowedValues = "allowed: \"text\", a whole number, true, false, [ ... ]";

    /// <summary>Reads the value at the position; null on an error, which is reported.</summary>
    private TomlValue? TryValue(int depth)
    {
        int start = _position;
        int line = _line;
        if (depth > MaximumDepth)
        {
            Report(ConfigErrorKind.NestedTooDeep, start, RestOfLine(start), "nested deeper than 16 levels");
            return null;
        }

        switch (Peek())
        {
            case '"' or '\'':
                return TryString(out string text)
                    ? new TomlValue(TomlKind.String, line, Excerpt(start)) { Text = text }
                    : null;
            case '[':
                return TryArray(depth);
            case '{':
                return TryInlineTable(depth);
            case -1 or '\n' or '#':
                const string Expected = "a value is expected; " + AllowedValues;
                Report(ConfigErrorKind.ValueExpected, start, RestOfLine(_lineStart), Expected);
                return null;
            default:
                return TryWord();
        }
    }

    /// <summary>An array, which may span lines and end with a comma.</summary>
    private TomlValue? TryArray(int depth)
    {
        int start = _position;
        int line = _line;
        var items = new TomlValue(TomlKind.Array, line, "");
        Advance();
        SkipBlankLines();
        while (Peek() != ']')
        {
            TomlValue? item = AtEnd ? null : TryValue(depth + 1);
            if (item != null)
            {
                items.AddItem(item);
                SkipBlankLines();
            }

            if (item == null || (Peek() != ',' && Peek() != ']'))
            {
                return FailArray(start, line, item != null || AtEnd);
            }

            if (Peek() == ',')
            {
                Advance();
                SkipBlankLines();
            }
        }

        Advance();
        var array = new TomlValue(TomlKind.Array, line, Excerpt(start));
        for (TomlValue? item = items.FirstItem; item != null;)
        {
            TomlValue? next = item.Next;
            item.Next = null;
            array.AddItem(item);
            item = next;
        }

        return array;
    }

    /// <summary>
    /// Reports an array that doesn't end (unless an item was reported) and skips what seems to be left of it.
    /// </summary>
    private TomlValue? FailArray(int start, int line, bool report)
    {
        if (report)
        {
            int column = Math.Max(_position - _lineStart, 0) + 1;
            string subject = _line == line ? RestOfLine(start) : RestOfLine(Math.Min(_lineStart, _text.Length));
            Report(ConfigErrorKind.UnterminatedArray, _line, column, subject, "\",\" or \"]\" is expected");
        }

        // The rest of the array is on the lines up to the one with the bracket; a section's header or a key ends the
        // search.
        while (!AtEnd && !LineHolds((byte)']') && !NextLineBegins())
        {
            SkipToNextLine();
        }

        return null;
    }

    /// <summary>True where <paramref name="value"/> stands between the position and the end of the line.</summary>
    private bool LineHolds(byte value)
    {
        for (int i = _position; i < _text.Length && _text[i] != '\n'; i++)
        {
            if (_text[i] == value)
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>True where the next line looks like a header or like <c>key = value</c>, or there is none.</summary>
    private bool NextLineBegins()
    {
        int index = _position;
        while (index < _text.Length && _text[index] != '\n')
        {
            index++;
        }

        index++;
        while (index < _text.Length && _text[index] is (byte)' ' or (byte)'\t')
        {
            index++;
        }

        if (index >= _text.Length || _text[index] == '[')
        {
            return true;
        }

        while (index < _text.Length && (IsBareKey(_text[index]) || _text[index] is (byte)' ' or (byte)'.'))
        {
            index++;
        }

        return index < _text.Length && _text[index] == '=';
    }

    /// <summary><c>{ a = 1, b = "x" }</c> on one line.</summary>
    private TomlValue? TryInlineTable(int depth)
    {
        int start = _position;
        var table = new TomlTable(_line) { IsDefined = true };
        Advance();
        SkipBlanks();
        bool more = Peek() != '}';
        while (more)
        {
            SkipBlanks();
            if (!TryKeyValue(table, depth + 1))
            {
                return null;
            }

            SkipBlanks();
            more = Peek() == ',';
            if (more)
            {
                Advance();
            }
        }

        if (Peek() != '}')
        {
            const string Expected = "\",\" or \"}\" is expected on this line";
            Report(ConfigErrorKind.UnterminatedInlineTable, _position, RestOfLine(start), Expected);
            return null;
        }

        Advance();
        table.IsClosed = true;
        return new TomlValue(TomlKind.Table, _line, Excerpt(start)) { Table = table };
    }

    /// <summary>A value without quotes: true, false, or a number; everything else is an error.</summary>
    private TomlValue? TryWord()
    {
        int start = _position;
        while (Peek() is not (-1 or '\n' or '\r' or ' ' or '\t' or '#' or ',' or ']' or '}'))
        {
            Advance();
        }

        ReadOnlySpan<byte> word = _text.Slice(start, _position - start);
        string source = Excerpt(start);
        switch (TomlNumber.Parse(word, out long number))
        {
            case TomlNumberOutcome.True or TomlNumberOutcome.False:
                return new TomlValue(TomlKind.Boolean, _line, source) { Boolean = number != 0 };
            case TomlNumberOutcome.Integer:
                return new TomlValue(TomlKind.Integer, _line, source) { Integer = number };
            case TomlNumberOutcome.TooLarge:
                Report(ConfigErrorKind.NumberOutOfRange, start, source, "a number that does not fit into 64 bits");
                return null;
            case TomlNumberOutcome.Float:
                const string NoFraction = "fractions are not supported; " + AllowedValues;
                Report(ConfigErrorKind.FloatNotSupported, start, source, NoFraction);
                return null;
            case TomlNumberOutcome.Date:
                const string NoDate = "dates and times are not supported; " + AllowedValues;
                Report(ConfigErrorKind.DateNotSupported, start, source, NoDate);
                return null;
            default:
                string text = word.Length == 0
                    ? "not a value; " + AllowedValues
                    : "not a value; text stands in quotes: \"" + source + "\"";
                Report(ConfigErrorKind.InvalidValue, start, word.Length == 0 ? RestOfLine(start) : source, text);
                return null;
        }
    }
}

// SPDX-License-Identifier: MIT
using System;

namespace Hypervisor.Machine.Config;

/// <summary>
/// Reads the part of TOML 1.0 that a configuration uses: sections, arrays of sections, dotted and quoted keys, basic
/// and literal strings, whole numbers, booleans, arrays, inline tables, comments. Dates, fractions and strings of
/// several lines are clean errors. Works on bytes, never faults on any input, and goes on with the next line after an
/// error.
/// </summary>
internal ref partial struct ConfigParser
{
    /// <summary>A configuration larger than this is a mistake (another file was given).</summary>
    private const int MaximumLength = 65536;

    private readonly ReadOnlySpan<byte> _text;
    private readonly ConfigErrors _errors;
    private readonly TomlTable _root;

    /// <summary>The section that keys go to now.</summary>
    private TomlTable _current;

    private int _position;
    private int _line;
    private int _lineStart;

    public ConfigParser(ReadOnlySpan<byte> text, ConfigErrors errors)
    {
        _text = text;
        _errors = errors;
        _root = new TomlTable(1) { IsDefined = true };
        _current = _root;
        _line = 1;
        _lineStart = 0;
        _position = 0;
    }

    /// <summary>The whole file as one table; what could not be read is in the errors.</summary>
    public TomlTable Parse()
    {
        if (_text.Length > MaximumLength)
        {
            _errors.Add(ConfigErrorKind.FileTooLarge, 1, 0, "the file is larger than 64 KiB; is it the configuration?");
            _root.IsDamaged = true;
            return _root;
        }

        CheckCharacters();
        if (_text.Length >= 3 && _text[0] == 0xef && _text[1] == 0xbb && _text[2] == 0xbf)
        {
            _position = _lineStart = 3;
        }

        while (!AtEnd && !_errors.IsFull)
        {
            if (!TryLine())
            {
                _current.IsDamaged = true;
                SkipToNextLine();
            }
        }

        return _root;
    }

    /// <summary>One line, or the several lines of an array.</summary>
    private bool TryLine()
    {
        SkipBlanks();
        if (Peek() == '[')
        {
            TomlTable? section = TryHeader();
            _current = section ?? new TomlTable(_line);
            _root.IsDamaged |= section == null;
            return section != null && TryLineEnd();
        }

        return (IsAtLineEnd || TryKeyValue(_current, 0)) && TryLineEnd();
    }

    /// <summary>After a statement: blanks, a comment, the end of the line, and nothing else.</summary>
    private bool TryLineEnd()
    {
        SkipBlanks();
        if (IsAtLineEnd)
        {
            SkipToNextLine();
            return true;
        }

        Report(ConfigErrorKind.TrailingText, _position, RestOfLine(_position), "only a comment may follow here");
        return false;
    }

    /// <summary>Reads <c>[a.b]</c> or <c>[[a.b]]</c> and returns the section that begins; null on an error.</summary>
    private TomlTable? TryHeader()
    {
        int start = _position;
        Advance();
        bool isArray = Peek() == '[';
        if (isArray)
        {
            Advance();
        }

        TomlTable? parent = TryPath(_root, out string key, false);
        if (parent == null)
        {
            return null;
        }

        if (Peek() != ']' || (isArray && PeekAfter() != ']'))
        {
            string allowed = isArray ? "\"]]\" is expected after the name" : "\"]\" is expected after the name";
            Report(ConfigErrorKind.BadHeader, _position, RestOfLine(start), allowed);
            return null;
        }

        _position += isArray ? 2 : 1;
        return isArray ? AppendSection(parent, key, start) : OpenSection(parent, key, start);
    }

    private TomlTable? OpenSection(TomlTable parent, string key, int start)
    {
        TomlEntry? entry = parent.Find(key);
        if (entry == null)
        {
            var table = new TomlTable(_line) { IsDefined = true };
            parent.Add(new TomlEntry(key, new TomlValue(TomlKind.Table, _line, Excerpt(start)) { Table = table }));
            return table;
        }

        if (entry.Value.Kind == TomlKind.Table && !entry.Value.Table!.IsDefined)
        {
            entry.Value.Table.IsDefined = true;
            return entry.Value.Table;
        }

        ReportTaken(ConfigErrorKind.DuplicateSection, start, entry);
        return null;
    }

    private TomlTable? AppendSection(TomlTable parent, string key, int start)
    {
        TomlEntry? entry = parent.Find(key);
        if (entry == null)
        {
            entry = new TomlEntry(key, new TomlValue(TomlKind.Sections, _line, Excerpt(start)));
            parent.Add(entry);
        }
        else if (entry.Value.Kind != TomlKind.Sections)
        {
            ReportTaken(ConfigErrorKind.DuplicateSection, start, entry);
            return null;
        }

        var table = new TomlTable(_line) { IsDefined = true };
        entry.Value.AddItem(new TomlValue(TomlKind.Table, _line, Excerpt(start)) { Table = table });
        return table;
    }

    /// <summary>Reads <c>key = value</c> into <paramref name="table"/>.</summary>
    private bool TryKeyValue(TomlTable table, int depth)
    {
        int start = _position;
        TomlTable? target = TryPath(table, out string key, true);
        if (target == null)
        {
            return false;
        }

        if (Peek() != '=')
        {
            Report(ConfigErrorKind.EqualsExpected, _position, RestOfLine(start), "\"=\" is expected after the key");
            return false;
        }

        Advance();
        SkipBlanks();
        TomlValue? value = TryValue(depth);
        if (value == null)
        {
            return false;
        }

        TomlEntry? present = target.Find(key);
        if (present != null)
        {
            ReportTaken(ConfigErrorKind.DuplicateKey, start, present);
            return false;
        }

        target.Add(new TomlEntry(key, value));
        return true;
    }

    /// <summary>
    /// Reads a dotted key and returns the table that its last part belongs to, making the tables on the way; null on an
    /// error.
    /// </summary>
    private TomlTable? TryPath(TomlTable from, out string last, bool byKey)
    {
        int start = _position;
        TomlTable? table = from;
        SkipBlanks();
        while (TryKeyPart(out last))
        {
            SkipBlanks();
            if (Peek() != '.')
            {
                return table;
            }

            Advance();
            SkipBlanks();
            table = Descend(table, last, byKey);
            if (table == null)
            {
                string text = "\"" + last + "\" is a value, so nothing can stand below it";
                Report(ConfigErrorKind.NotASection, start, RestOfLine(start), text);
                return null;
            }
        }

        return null;
    }

    /// <summary>
    /// The table below <paramref name="table"/> named by one part of a dotted key; null where it is something else.
    /// </summary>
    private TomlTable? Descend(TomlTable table, string key, bool byKey)
    {
        TomlEntry? entry = table.Find(key);
        if (entry == null)
        {
            var made = new TomlTable(_line) { IsDefined = byKey };
            table.Add(new TomlEntry(key, new TomlValue(TomlKind.Table, _line, key) { Table = made }));
            return made;
        }

        TomlTable? found = entry.Value.Kind switch
        {
            TomlKind.Table => entry.Value.Table,
            TomlKind.Sections => entry.Value.LastItem!.Table,
            _ => null,
        };
        return found is { IsClosed: false } ? found : null;
    }

    /// <summary>One part of a key: bare, "basic" or 'literal'.</summary>
    private bool TryKeyPart(out string key)
    {
        key = "";
        if (Peek() is '"' or '\'')
        {
            return TryString(out key);
        }

        int start = _position;
        while (IsBareKey(Peek()))
        {
            Advance();
        }

        if (_position == start)
        {
            const string Allowed = "a key is expected here; allowed: letters, digits, - and _, or a key in quotes";
            Report(ConfigErrorKind.KeyExpected, start, RestOfLine(start), Allowed);
            return false;
        }

        key = Utf8Text.ToText(_text.Slice(start, _position - start));
        return true;
    }

    private static bool IsBareKey(int c) =>
        c is (>= 'a' and <= 'z') or (>= 'A' and <= 'Z') or (>= '0' and <= '9') or '-' or '_';
}

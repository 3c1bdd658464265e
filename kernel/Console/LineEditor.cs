// SPDX-License-Identifier: MIT
using System;

namespace Hypervisor.Console;

/// <summary>The line that is being typed, with its prompt: what is in it and what the terminal shows of it.</summary>
public sealed class LineEditor
{
    /// <summary>The longest line in bytes; more is refused with the bell.</summary>
    public const int Longest = 240;

    private const int HistoryLines = 32;

    private readonly ConsoleWriter _writer;
    private readonly string _prompt;
    private readonly History _history = new(HistoryLines, Longest);
    private readonly byte[] _line = new byte[Longest];
    private readonly byte[] _draft = new byte[Longest];
    private int _length;
    private int _draftLength;
    private int _cursor;
    private int _back;

    public LineEditor(ConsoleWriter writer, string prompt)
    {
        _writer = writer;
        _prompt = prompt;
    }

    public ReadOnlySpan<byte> Line => new(_line, 0, _length);

    /// <summary>The place of the cursor in the line.</summary>
    public int Cursor => _cursor;

    /// <summary>Does what a key says; true where it was Enter, and <see cref="Line"/> is to be carried out.</summary>
    public bool Press(Key key, byte character)
    {
        switch (key)
        {
            case Key.Enter:
                _ = _writer.Line();
                _history.Add(Line);
                return true;
            case Key.Character:
                Insert(character);
                break;
            case Key.Cancel:
                _ = _writer.Text("^C").Line();
                Clear();
                break;
            case Key.Left or Key.Right or Key.Home or Key.End:
                Move(key);
                break;
            case Key.Up or Key.Down:
                Recall(key == Key.Up ? _back + 1 : _back - 1);
                break;
            case Key.Redraw:
                Redraw();
                break;
            default:
                Erase(key);
                break;
        }

        return false;
    }

    /// <summary>An empty line, shown.</summary>
    public void Clear()
    {
        _length = 0;
        _cursor = 0;
        _back = 0;
        Redraw();
    }

    /// <summary>Shows prompt and line on a cleared line of the terminal, the cursor where it is.</summary>
    public void Redraw()
    {
        _ = _writer.EraseLine().Text(_prompt).Raw(Line);
        MoveTerminal(_length, _cursor);
    }

    /// <summary>Takes prompt and line off the terminal, so that something else can be written there.</summary>
    public void Hide() => _ = _writer.EraseLine();

    /// <summary>Inserts a character at the cursor.</summary>
    public void Insert(byte character)
    {
        if (_length == Longest)
        {
            _ = _writer.Raw(Ascii.Bell);
            return;
        }

        for (int i = _length; i > _cursor; i--)
        {
            _line[i] = _line[i - 1];
        }

        _line[_cursor++] = character;
        _length++;
        if (_cursor == _length)
        {
            _ = _writer.Raw(character);
        }
        else
        {
            Redraw();
        }
    }

    private void Erase(Key key)
    {
        (int start, int end) = key switch
        {
            Key.Backspace => (Math.Max(_cursor - 1, 0), _cursor),
            Key.Delete => (_cursor, Math.Min(_cursor + 1, _length)),
            Key.EraseToEnd => (_cursor, _length),
            Key.EraseToStart => (0, _cursor),
            Key.EraseWord => (StartOfWord(), _cursor),
            _ => (0, 0),
        };
        if (start == end)
        {
            return;
        }

        for (int i = end; i < _length; i++)
        {
            _line[start + i - end] = _line[i];
        }

        _length -= end - start;
        _cursor = start;
        Redraw();
    }

    private int StartOfWord()
    {
        int start = _cursor;
        while (start > 0 && _line[start - 1] == Ascii.Blank)
        {
            start--;
        }

        while (start > 0 && _line[start - 1] != Ascii.Blank)
        {
            start--;
        }

        return start;
    }

    private void Move(Key key)
    {
        int target = key switch
        {
            Key.Left => Math.Max(_cursor - 1, 0),
            Key.Right => Math.Min(_cursor + 1, _length),
            Key.Home => 0,
            _ => _length,
        };
        MoveTerminal(_cursor, target);
        _cursor = target;
    }

    /// <summary>Moves the terminal's cursor: back by CUB, forward by CUF (ECMA-48 8.3.18 and 8.3.20).</summary>
    private void MoveTerminal(int from, int to)
    {
        if (from != to)
        {
            _ = _writer.Text("\u001b[").Number((ulong)Math.Abs(to - from)).Text(to < from ? "D" : "C");
        }
    }

    /// <summary>Shows an older line; 0 lines back is the one that was being typed.</summary>
    private void Recall(int back)
    {
        if (back < 0 || back > _history.Count)
        {
            return;
        }

        if (_back == 0)
        {
            Line.CopyTo(_draft);
            _draftLength = _length;
        }

        ReadOnlySpan<byte> recalled = back == 0 ? new ReadOnlySpan<byte>(_draft, 0, _draftLength) : _history[back];
        recalled.CopyTo(_line);
        _length = recalled.Length;
        _cursor = _length;
        _back = back;
        Redraw();
    }
}

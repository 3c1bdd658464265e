// SPDX-License-Identifier: MIT
using System;

namespace Hypervisor.Console;

/// <summary>The Tab key: finishes the word before the cursor, or lists what it could become.</summary>
internal sealed class Completion
{
    private readonly Monitor _monitor;
    private readonly LineEditor _editor;
    private readonly ConsoleWriter _writer;

    public Completion(Monitor monitor, LineEditor editor, ConsoleWriter writer)
    {
        _monitor = monitor;
        _editor = editor;
        _writer = writer;
    }

    public void Complete()
    {
        int start = StartOfWord();
        bool isCommand = IsFirstWord(start);
        int typed = _editor.Cursor - start;
        string? first = null;
        int common = 0;
        int matches = 0;
        for (int i = 0; i < Count(isCommand); i++)
        {
            string name = NameAt(isCommand, i);
            if (Ascii.IsStart(_editor.Line.Slice(start, typed), name))
            {
                common = first == null ? name.Length : CommonLength(first, name, common);
                first ??= name;
                matches++;
            }
        }

        if (first == null)
        {
            return;
        }

        if (matches > 1 && common == typed)
        {
            List(isCommand, start, typed);
            return;
        }

        for (int i = typed; i < common; i++)
        {
            _editor.Insert((byte)first[i]);
        }

        if (matches == 1)
        {
            _editor.Insert(Ascii.Blank);
        }
    }

    private void List(bool isCommand, int start, int typed)
    {
        _ = _writer.Line();
        for (int i = 0; i < Count(isCommand); i++)
        {
            string name = NameAt(isCommand, i);
            if (Ascii.IsStart(_editor.Line.Slice(start, typed), name))
            {
                _ = _writer.Text(name).Text("  ");
            }
        }

        _ = _writer.Line();
        _editor.Redraw();
    }

    private int StartOfWord()
    {
        int start = _editor.Cursor;
        while (start > 0 && _editor.Line[start - 1] != Ascii.Blank)
        {
            start--;
        }

        return start;
    }

    private bool IsFirstWord(int start)
    {
        for (int i = 0; i < start; i++)
        {
            if (_editor.Line[i] != Ascii.Blank)
            {
                return false;
            }
        }

        return true;
    }

    private int Count(bool isCommand) => isCommand ? _monitor.Commands.Length : _monitor.Guests.Length;

    private string NameAt(bool isCommand, int index) =>
        isCommand ? _monitor.Commands[index].Name : _monitor.Guests[index].Name;

    private static int CommonLength(string first, string second, int limit)
    {
        int length = 0;
        while (length < limit && length < second.Length && first[length] == second[length])
        {
            length++;
        }

        return length;
    }
}

// SPDX-License-Identifier: MIT
using System;

namespace Hypervisor.Console;

/// <summary>
/// Writes named values for people or for scripts; a command says them once. In a table the first record is said twice:
/// once for the names, once for the values.
/// </summary>
public sealed class RecordWriter
{
    private const int NameColumn = 24;

    private readonly ConsoleWriter _writer;
    private bool _isFirstField;
    private int _column;

    public RecordWriter(ConsoleWriter writer)
    {
        _writer = writer;
    }

    public RecordLayout Layout { get; set; }

    /// <summary>True while a table's names are written: the values that are said are left out.</summary>
    public bool IsHeader { get; set; }

    /// <summary>The length of the longest name of a VM: where one is shown the column has room for it.</summary>
    public int LongestName { get; set; }

    public bool IsJson => Layout == RecordLayout.Json;

    public void Begin()
    {
        _isFirstField = true;
        _column = 0;
        if (IsJson)
        {
            _ = _writer.Text("{");
        }
    }

    public void End() =>
        _ = IsJson ? _writer.Text("}").Line() : Layout == RecordLayout.Table ? _writer.Line() : _writer;

    /// <summary>A value of text. <paramref name="width"/> is that of a table's column.</summary>
    public void Text(string name, string value, int width = 0)
    {
        if (BeginField(name))
        {
            WriteQuoted(value);
        }

        EndField(width);
    }

    /// <summary>A VM's name, in a column that is as wide as <paramref name="width"/> at least.</summary>
    public void Name(string value, int width = 0) => Text("name", value, Math.Max(width, LongestName + 1));

    /// <summary>A value of ASCII bytes.</summary>
    public void Text(string name, ReadOnlySpan<byte> value, int width = 0)
    {
        if (BeginField(name))
        {
            _ = IsJson ? _writer.Text("\"") : _writer;
            for (int i = 0; i < value.Length; i++)
            {
                WriteCharacter((char)value[i]);
            }

            _ = IsJson ? _writer.Text("\"") : _writer;
        }

        EndField(width);
    }

    public void Boolean(string name, bool value)
    {
        if (BeginField(name))
        {
            _ = _writer.Text(IsJson ? (value ? "true" : "false") : value ? "yes" : "no");
        }

        EndField(0);
    }

    /// <summary>Some numbers: an array for scripts; for people a dash where there is none.</summary>
    public void Numbers(string name, int[] values)
    {
        if (BeginField(name))
        {
            _ = _writer.Text(IsJson ? "[" : values.Length == 0 ? "-" : "");
            for (int i = 0; i < values.Length; i++)
            {
                _ = _writer.Text(i == 0 ? "" : IsJson ? "," : ", ").Number((ulong)values[i]);
            }

            _ = _writer.Text(IsJson ? "]" : "");
        }

        EndField(0);
    }

    public void Number(string name, ulong value, int width = 0)
    {
        if (BeginField(name))
        {
            _ = _writer.Number(value);
        }

        EndField(width);
    }

    /// <summary>A number that comes as tenths.</summary>
    public void Tenths(string name, ulong tenths, int width = 0)
    {
        if (BeginField(name))
        {
            _ = _writer.Number(tenths / 10).Text(".").Number(tenths % 10);
        }

        EndField(width);
    }

    /// <summary>An address: in hexadecimal for people, as it is for scripts.</summary>
    public void Hexadecimal(string name, ulong value, int width = 0)
    {
        if (BeginField(name))
        {
            _ = IsJson ? _writer.Number(value) : _writer.Hexadecimal(value);
        }

        EndField(width);
    }

    /// <summary>A number of bytes: in a handy unit for people, as it is for scripts.</summary>
    public void Size(string name, ulong bytes, int width = 0)
    {
        if (BeginField(name))
        {
            _ = IsJson ? _writer.Number(bytes) : _writer.Size(bytes);
        }

        EndField(width);
    }

    /// <summary>A time in nanoseconds: in seconds for people, as it is for scripts.</summary>
    public void Duration(string name, ulong nanoseconds, int width = 0)
    {
        if (BeginField(name))
        {
            _ = IsJson ? _writer.Number(nanoseconds) : _writer.Duration(nanoseconds);
        }

        EndField(width);
    }

    private bool BeginField(string name)
    {
        if (IsJson)
        {
            _ = _isFirstField ? _writer : _writer.Text(",");
            WriteQuoted(name);
            _ = _writer.Text(":");
        }
        else if (Layout == RecordLayout.List)
        {
            _ = _writer.Text("  ").Text(name).PadTo(NameColumn).Text(" ");
        }
        else if (IsHeader)
        {
            WriteUpper(name);
        }

        _isFirstField = false;
        return !IsHeader;
    }

    private void EndField(int width)
    {
        if (Layout == RecordLayout.List)
        {
            _ = _writer.Line();
        }
        else if (Layout == RecordLayout.Table)
        {
            _column += width;
            _ = _writer.Text(" ").PadTo(_column);
        }
    }

    private void WriteUpper(string name)
    {
        for (int i = 0; i < name.Length; i++)
        {
            char letter = name[i];
            _ = _writer.Raw((byte)(letter is >= 'a' and <= 'z' ? letter - 'a' + 'A' : letter));
        }
    }

    private void WriteQuoted(string value)
    {
        _ = IsJson ? _writer.Text("\"") : _writer;
        for (int i = 0; i < value.Length; i++)
        {
            WriteCharacter(value[i]);
        }

        _ = IsJson ? _writer.Text("\"") : _writer;
    }

    private void WriteCharacter(char value)
    {
        if (IsJson && value is '"' or '\\')
        {
            _ = _writer.Text("\\");
        }
        else if (IsJson && value == '\t')
        {
            _ = _writer.Text("\\t");
            return;
        }

        _ = _writer.Raw(value is < ' ' or > '~' ? (byte)'?' : (byte)value);
    }
}

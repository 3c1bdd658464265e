// SPDX-License-Identifier: MIT
using System;

namespace Hypervisor.Console;

/// <summary>A typed line as words; the option -j is taken out, wherever it stands.</summary>
public sealed class CommandLine
{
    private const int MostWords = 32;

    private readonly byte[] _line = new byte[LineEditor.Longest];
    private readonly int[] _starts = new int[MostWords];
    private readonly int[] _lengths = new int[MostWords];

    /// <summary>Words without the option.</summary>
    public int Count { get; private set; }

    /// <summary>True where the option -j asks for output that scripts read.</summary>
    public bool IsJson { get; private set; }

    /// <summary>Word <paramref name="index"/>; empty where there are not so many.</summary>
    public ReadOnlySpan<byte> this[int index] =>
        index < Count ? new ReadOnlySpan<byte>(_line, _starts[index], _lengths[index]) : default;

    public bool Is(int index, string word) => Ascii.AreEqual(this[index], word);

    /// <summary>Takes a line apart; words beyond the 32nd are left out.</summary>
    public void Parse(ReadOnlySpan<byte> line)
    {
        line.CopyTo(_line);
        Count = 0;
        IsJson = false;
        int position = 0;
        while (position < line.Length)
        {
            int start = position;
            while (position < line.Length && line[position] != Ascii.Blank)
            {
                position++;
            }

            Add(start, position - start);
            position++;
        }
    }

    /// <summary>The word as a decimal number; false where it is none, or too large.</summary>
    public bool TryNumber(int index, out int number)
    {
        ReadOnlySpan<byte> word = this[index];
        number = 0;
        for (int i = 0; i < word.Length; i++)
        {
            if (word[i] is < (byte)'0' or > (byte)'9' || number > 100_000_000)
            {
                return false;
            }

            number = (number * 10) + word[i] - '0';
        }

        return word.Length > 0;
    }

    private void Add(int start, int length)
    {
        if (length == 2 && _line[start] == '-' && _line[start + 1] == 'j')
        {
            IsJson = true;
        }
        else if (length > 0 && Count < MostWords)
        {
            _starts[Count] = start;
            _lengths[Count++] = length;
        }
    }
}

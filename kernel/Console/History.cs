// SPDX-License-Identifier: MIT
using System;

namespace Hypervisor.Console;

/// <summary>The lines that were entered last, in memory that is allocated once.</summary>
public sealed class History
{
    private readonly byte[][] _lines;
    private readonly int[] _lengths;
    private int _next;

    public History(int capacity, int longestLine)
    {
        _lines = new byte[capacity][];
        _lengths = new int[capacity];
        for (int i = 0; i < capacity; i++)
        {
            _lines[i] = new byte[longestLine];
        }
    }

    public int Count { get; private set; }

    /// <summary>The line that was entered <paramref name="back"/> lines ago; 1 is the last.</summary>
    public ReadOnlySpan<byte> this[int back]
    {
        get
        {
            int index = (_next - back + _lines.Length) % _lines.Length;
            return new ReadOnlySpan<byte>(_lines[index], 0, _lengths[index]);
        }
    }

    /// <summary>Keeps a line; empty ones and repetitions of the last are not kept.</summary>
    public void Add(ReadOnlySpan<byte> line)
    {
        if (line.Length == 0 || (Count > 0 && line.SequenceEqual(this[1])))
        {
            return;
        }

        line.CopyTo(_lines[_next]);
        _lengths[_next] = line.Length;
        _next = (_next + 1) % _lines.Length;
        Count = Math.Min(Count + 1, _lines.Length);
    }
}

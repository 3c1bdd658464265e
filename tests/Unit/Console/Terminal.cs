// SPDX-License-Identifier: MIT
using System;
using System.Collections.Generic;
using System.Text;

namespace Hypervisor.Unit.Console;

/// <summary>The part of a terminal that the line editor relies on.</summary>
internal static class Terminal
{
    /// <summary>The lines that a terminal shows after it was sent <paramref name="text"/>.</summary>
    public static string[] Render(string text)
    {
        var lines = new List<string>();
        var line = new StringBuilder();
        int column = 0;
        for (int i = 0; i < text.Length; i++)
        {
            switch (text[i])
            {
                case '\r':
                    column = 0;
                    break;
                case '\n':
                    lines.Add(line.ToString().TrimEnd());
                    _ = line.Clear();
                    break;
                case '\a' or '\u0018' or '\u000f':
                    break;
                case '\u001b' when text[i + 1] is '\\' or '7' or '8' or '>':
                    i++;
                    break;
                case '\u001b' when text[i + 1] is '(':
                    i += 2;
                    break;
                case '\u001b':
                    i = Sequence(text, i + 2, line, ref column);
                    break;
                default:
                    _ = column < line.Length ? line.Remove(column, 1) : line;
                    _ = line.Insert(column++, text[i]);
                    break;
            }
        }

        lines.Add(line.ToString());
        return [.. lines];
    }

    private static int Sequence(string text, int start, StringBuilder line, ref int column)
    {
        int end = start;
        while (text[end] is >= '0' and <= '?')
        {
            end++;
        }

        if (text[end] is 'h' or 'l' or 'm' or 'r')
        {
            return end;
        }

        int number = end == start ? 1 : int.Parse(text[start..end]);
        switch (text[end])
        {
            case 'K':
                line.Length = Math.Min(line.Length, column);
                break;
            case 'C':
                column += number;
                break;
            case 'D':
                column -= number;
                break;
            default:
                throw new InvalidOperationException($"an unknown sequence: {text[start..(end + 1)]}");
        }

        return end;
    }
}

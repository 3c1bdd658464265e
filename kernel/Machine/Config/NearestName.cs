// SPDX-License-Identifier: MIT
using System;

namespace Hypervisor.Machine.Config;

/// <summary>Finds the known name that a mistyped one was probably meant to be.</summary>
internal static class NearestName
{
    private const int MaximumLength = 40;

    /// <summary>
    /// The name of the list (separated by ", ") that is nearest to <paramref name="text"/>; null where none is near.
    /// </summary>
    public static string? Find(string text, string names)
    {
        string? best = null;
        int bestDistance = Math.Max(1, Math.Min(3, text.Length / 2)) + 1;
        int start = 0;
        while (TryNext(names, ref start, out string name))
        {
            int distance = Distance(text, name);
            if (distance < bestDistance)
            {
                bestDistance = distance;
                best = name;
            }
        }

        return best;
    }

    /// <summary>True where <paramref name="text"/> is one of the names.</summary>
    public static bool Contains(string names, string text) => IndexOf(names, text) >= 0;

    /// <summary>The position of <paramref name="text"/> among the names, from 0; -1 where it is none of them.</summary>
    public static int IndexOf(string names, string text)
    {
        int start = 0;
        for (int index = 0; TryNext(names, ref start, out string name); index++)
        {
            if (name == text)
            {
                return index;
            }
        }

        return -1;
    }

    private static bool TryNext(string names, ref int start, out string name)
    {
        int end = start;
        while (end < names.Length && names[end] != ',')
        {
            end++;
        }

        name = end > start ? names.Substring(start, end - start) : "";
        start = end + 2;
        return name.Length != 0;
    }

    /// <summary>How many letters must be changed, added, left out or swapped with their neighbour.</summary>
    private static int Distance(string left, string right)
    {
        if (left.Length > MaximumLength || right.Length > MaximumLength)
        {
            return MaximumLength;
        }

        int[] previous = new int[MaximumLength + 1];
        int[] row = new int[MaximumLength + 1];
        int[] next = new int[MaximumLength + 1];
        for (int i = 0; i <= right.Length; i++)
        {
            row[i] = i;
        }

        for (int l = 1; l <= left.Length; l++)
        {
            next[0] = l;
            for (int r = 1; r <= right.Length; r++)
            {
                int change = row[r - 1] + (Same(left[l - 1], right[r - 1]) ? 0 : 1);
                next[r] = Math.Min(change, Math.Min(row[r], next[r - 1]) + 1);
                if (l > 1 && r > 1 && Same(left[l - 1], right[r - 2]) && Same(left[l - 2], right[r - 1]))
                {
                    next[r] = Math.Min(next[r], previous[r - 2] + 1);
                }
            }

            (previous, row, next) = (row, next, previous);
        }

        return row[right.Length];
    }

    /// <summary>Case makes no difference here, nor does a dash for an underscore.</summary>
    private static bool Same(char left, char right) => Fold(left) == Fold(right);

    private static char Fold(char c) => c is >= 'A' and <= 'Z' ? (char)(c + 32) : c == '-' ? '_' : c;
}

// SPDX-License-Identifier: MIT
using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;

namespace Hypervisor.Tool.Symbols;

/// <summary>From addresses to source lines, through the binutils' addr2line and the ELF's line tables.</summary>
internal static class SourceLines
{
    /// <summary>File (from the work tree's root) and line of each address that has them.</summary>
    public static Dictionary<ulong, string> Find(string elf, IReadOnlyList<ulong> addresses)
    {
        Dictionary<ulong, string> lines = [];
        if (addresses.Count == 0)
        {
            return lines;
        }

        string input = string.Concat(ToInput(addresses));
        string[] answers =
            ExternalTool.Run("addr2line", ["-e", elf], input).Split('\n', StringSplitOptions.RemoveEmptyEntries);
        for (int i = 0; i < Math.Min(answers.Length, addresses.Count); i++)
        {
            string place = answers[i].Split(" (discriminator", 2)[0];
            if (!place.StartsWith("??", StringComparison.Ordinal) && !place.EndsWith(":0", StringComparison.Ordinal)
                && !place.EndsWith(":?", StringComparison.Ordinal))
            {
                lines[addresses[i]] = Shorten(place);
            }
        }

        return lines;
    }

    private static IEnumerable<string> ToInput(IReadOnlyList<ulong> addresses)
    {
        foreach (ulong address in addresses)
        {
            yield return address.ToString("x", CultureInfo.InvariantCulture) + "\n";
        }
    }

    private static string Shorten(string place)
    {
        string root = RepositoryPaths.Root + Path.DirectorySeparatorChar;
        int start = place.IndexOf(root, StringComparison.Ordinal);
        return start < 0 ? place : place[(start + root.Length)..];
    }
}

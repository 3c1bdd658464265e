// SPDX-License-Identifier: MIT
using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Text.RegularExpressions;

namespace Hypervisor.Tool.Symbols;

/// <summary>Puts method, file and line behind every address of the hypervisor's image in a text.</summary>
internal sealed partial class Symbolizer(string elf)
{
    private readonly ElfSymbolTable _symbols = ElfSymbolTable.Read(elf);

    /// <summary>
    /// The text with <c>0xffffffff80001234</c> become <c>0xffffffff80001234 Type.Method+0x12 (File.cs:34)</c>.
    /// </summary>
    public string Annotate(string text)
    {
        ulong[] places =
            [.. ImageAddress().Matches(text).Select(Place).Distinct().Where(place => _symbols.Find(place) is not null)];
        Dictionary<ulong, string> lines = SourceLines.Find(elf, places);
        return ImageAddress().Replace(text, match => match.Value + Describe(match, lines));
    }

    private string Describe(Match match, Dictionary<ulong, string> lines)
    {
        ulong place = Place(match);
        if (_symbols.Find(place) is not { } symbol)
        {
            return "";
        }

        string source = lines.TryGetValue(place, out string? line) ? $" ({line})" : "";
        return FormattableString.Invariant(
            $" {MethodName.Readable(symbol.Name)}+0x{Parse(match) - symbol.Address:x}{source}");
    }

    /// <summary>
    /// Where to look an address up: a stack's frames but the first are return addresses, which lie behind the call and
    /// may be in the next line, or even in the next method.
    /// </summary>
    private static ulong Place(Match match) =>
        match.Groups["frame"].Value is "" or "0" ? Parse(match) : Parse(match) - 1;

    private static ulong Parse(Match match) =>
        ulong.Parse(match.Groups["digits"].Value.Replace("_", "", StringComparison.Ordinal), NumberStyles.HexNumber,
            CultureInfo.InvariantCulture);

    /// <summary>
    /// The top 2 GiB, with or without 0x and the debugger's grouping; not already followed by a name.
    /// </summary>
    [GeneratedRegex(
        @"(?<![0-9a-zA-Z_])(#(?<frame>\d+)\s+)?(0x)?(?<digits>ffffffff_?[89a-f][0-9a-f]{7})(?![0-9a-zA-Z_])",
        RegexOptions.IgnoreCase)]
    private static partial Regex ImageAddress();
}

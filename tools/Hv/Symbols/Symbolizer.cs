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

    /// <summary>The text with <c>0xffffffff80001234</c> become <c>0xffffffff80001234 Type.Method+0x12 (File.cs:34)</c>.</summary>
    public string Annotate(string text)
    {
        ulong[] addresses = [.. ImageAddress().Matches(text).Select(Parse).Distinct().Where(address => _symbols.Find(address) is not null)];
        Dictionary<ulong, string> lines = SourceLines.Find(elf, addresses);
        return ImageAddress().Replace(text, match => match.Value + Describe(Parse(match), lines));
    }

    private string Describe(ulong address, Dictionary<ulong, string> lines)
    {
        if (_symbols.Find(address) is not { } symbol)
        {
            return "";
        }

        string place = lines.TryGetValue(address, out string? line) ? $" ({line})" : "";
        return FormattableString.Invariant($" {MethodName.Readable(symbol.Name)}+0x{address - symbol.Address:x}{place}");
    }

    private static ulong Parse(Match match) =>
        ulong.Parse(match.Groups["digits"].Value.Replace("_", "", StringComparison.Ordinal), NumberStyles.HexNumber,
            CultureInfo.InvariantCulture);

    /// <summary>The top 2 GiB, with or without 0x and the debugger's grouping; not already followed by a name.</summary>
    [GeneratedRegex(@"(?<![0-9a-zA-Z_])(0x)?(?<digits>ffffffff_?[89a-f][0-9a-f]{7})(?![0-9a-zA-Z_])", RegexOptions.IgnoreCase)]
    private static partial Regex ImageAddress();
}

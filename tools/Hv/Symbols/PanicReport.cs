// SPDX-License-Identifier: MIT
using System;
using System.IO;

namespace Hypervisor.Tool.Symbols;

/// <summary>Finds the hypervisor's panic in what the console said.</summary>
internal static class PanicReport
{
    /// <summary>How a panic begins.</summary>
    private const string Mark = "PANIC: ";

    /// <summary>The last panic with the names of its addresses; null where there was none.</summary>
    public static string? Explain(string console, string hypervisor)
    {
        int start = console.LastIndexOf(Mark, StringComparison.Ordinal);
        string symbols = RepositoryPaths.SymbolsOf(hypervisor);
        return start >= 0 && File.Exists(symbols) ? new Symbolizer(symbols).Annotate(console[start..]).TrimEnd() : null;
    }
}

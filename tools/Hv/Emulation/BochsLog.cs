// SPDX-License-Identifier: MIT
using System;
using System.Collections.Generic;
using System.Linq;
using System.Text.RegularExpressions;

namespace Hypervisor.Tool.Emulation;

/// <summary>
/// Why Bochs ended, from its log: its exit code says the same for everything. What ends it is a "panic" there, even a
/// machine that is switched off.
/// </summary>
internal static class BochsLog
{
    private const string Mark = ">>PANIC<< ";
    private const string PowerOff = "ACPI control: soft power off";

    /// <summary>What the hypervisor's own panic writes to Bochs' exit port.</summary>
    private const string ExitPort = "Shutdown port: shutdown requested";

    private const string TripleFault = "exception with no resolution";

    /// <summary>Lines of the processor's state behind a triple fault.</summary>
    private const int StateLines = 40;

    /// <summary>What a line begins with: the tick, its kind and the part of Bochs that says it.</summary>
    private static readonly Regex s_prefix = new(@"^\d{11}.\[[^\]]*\] ", RegexOptions.CultureInvariant);

    /// <summary>The end that a log tells of; null where it tells of none.</summary>
    public static EmulatorEnd? FindEnd(IEnumerable<string> lines)
    {
        string[] rest =
            [.. lines.SkipWhile(static line => !line.Contains(Mark, StringComparison.Ordinal)).Take(StateLines)];
        if (rest.Length == 0)
        {
            return null;
        }

        string reason = rest[0][(rest[0].IndexOf(Mark, StringComparison.Ordinal) + Mark.Length)..].Trim();
        return reason switch
        {
            PowerOff => new EmulatorEnd(true, null),
            ExitPort => new EmulatorEnd(false, "the host failed"),
            _ when reason.Contains(TripleFault, StringComparison.Ordinal) =>
                new EmulatorEnd(false, EmulatorEnd.TripleFault + string.Join('\n', rest.Select(WithoutPrefix))),
            _ => new EmulatorEnd(false, $"Bochs: {reason}"),
        };
    }

    private static string WithoutPrefix(string line) => s_prefix.Replace(line, "");
}

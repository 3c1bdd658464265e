// SPDX-License-Identifier: MIT
using System;
using System.Text;
using System.Text.RegularExpressions;

namespace Hypervisor.Tool.Emulation;

/// <summary>
/// Looks at the console's lines while they come: for the text that a run waits for, and for a guest's crash.
/// </summary>
internal sealed class ConsoleWatch(Regex? until)
{
    /// <summary>
    /// How the hypervisor reports that a fault has stopped a guest, with or without the guest's mark in front.
    /// </summary>
    private static readonly Regex s_crash =
        new(@"^(\[[^\]]+\] )?vm [\w.-]+ (has )?crashed\b", RegexOptions.CultureInvariant);

    /// <summary>
    /// How it says that it could not build one, which does not come back by itself, or that it takes no configuration
    /// that asks for more than the machine has.
    /// </summary>
    private static readonly Regex s_refusal = new(
        @"^((\[[^\]]+\] )?(?<text>[\w.-]+: cannot start: .*)|(?<text>hypervisor\.toml:\d+: .*))",
        RegexOptions.CultureInvariant);

    private readonly StringBuilder _line = new();

    /// <summary>The text was seen.</summary>
    public bool Seen { get; private set; }

    /// <summary>The first line that reports a guest's crash.</summary>
    public string? Crash { get; private set; }

    /// <summary>Which guest could not be started, and why; or what the configuration asks for in vain.</summary>
    public string? Refusal { get; private set; }

    /// <summary>The last line that said anything, for the progress line.</summary>
    public string LastLine { get; private set; } = "";

    /// <summary>The last line has no end yet.</summary>
    public bool IsMidLine => _line.Length > 0;

    /// <summary>Takes a piece of plain text; an unfinished line is looked at too (a prompt has no end).</summary>
    public void Append(ReadOnlySpan<char> text)
    {
        while (!text.IsEmpty)
        {
            int end = text.IndexOf('\n');
            _ = _line.Append(end < 0 ? text : text[..end]);
            Look(_line.ToString());
            if (end < 0)
            {
                return;
            }

            LookAtWhole(_line.ToString());
            _ = _line.Clear();
            text = text[(end + 1)..];
        }
    }

    private void LookAtWhole(string line)
    {
        if (Refusal is null && s_refusal.Match(line) is { Success: true } match)
        {
            Refusal = match.Groups["text"].Value.TrimEnd();
        }
    }

    private void Look(string line)
    {
        Seen |= until is not null && until.IsMatch(line);
        if (Crash is null && s_crash.IsMatch(line))
        {
            Crash = line;
        }

        LastLine = string.IsNullOrWhiteSpace(line) ? LastLine : line.Trim();
    }
}

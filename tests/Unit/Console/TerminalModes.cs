// SPDX-License-Identifier: MIT
using System;
using System.Collections.Generic;
using System.Linq;
using System.Text.RegularExpressions;

namespace Hypervisor.Unit.Console;

/// <summary>
/// The part of a terminal that a guest can leave in another shape: which modes differ from those after power-on, as
/// xterm has them.
/// </summary>
internal sealed class TerminalModes
{
    private const string CursorMoved = "cursor moved";
    private static readonly HashSet<string> s_onAtFirst = ["?7", "?25"];
    private static readonly Regex s_part = new(
        @"\x1b\[(?<private>[?]?)(?<numbers>[0-9;]*)(?<final>[hlmr])|\x1b(?<set>[(])(?<name>.)"
            + @"|\x1b(?<start>[\]P_^X])|\x1b(?<plain>[78>=\\])|(?<control>[\x0e\x0f\x18])",
        RegexOptions.CultureInvariant);

    private readonly SortedSet<string> _different = [];
    private string[] _saved = [];
    private bool _isInString;

    /// <summary>What is not as it was at first, by the names of the sequences.</summary>
    public IEnumerable<string> Different => _different;

    public void Take(string text)
    {
        foreach (Match part in s_part.Matches(text))
        {
            bool ends = part.Groups["control"].Value == "\u0018" || part.Groups["plain"].Value == "\\";
            if (_isInString && !ends)
            {
                continue;
            }

            _isInString = part.Groups["start"].Success;
            Set("string", _isInString);
            Take(part);
        }
    }

    private void Take(Match part)
    {
        foreach (string number in part.Groups["numbers"].Value.Split(';'))
        {
            string name = part.Groups["private"].Value + number;
            switch (part.Groups["final"].Value)
            {
                case "h":
                    Set(name, !s_onAtFirst.Contains(name));
                    break;
                case "l":
                    Set(name, s_onAtFirst.Contains(name));
                    Restore(name == "?1049");
                    break;
                case "m":
                    Set("letters", number is not ("" or "0"));
                    break;
                case "r":
                    Set("region", number != "");
                    Set(CursorMoved, true);
                    break;
            }
        }

        Set("set", part.Groups["set"].Success ? part.Groups["name"].Value != "B" : _different.Contains("set"));
        Take(part.Groups["plain"].Value + part.Groups["control"].Value, part);
    }

    private void Take(string character, Match part)
    {
        switch (character)
        {
            case "7":
                _saved = [.. _different.Where(static name => IsSaved(name) && name != CursorMoved)];
                break;
            case "8":
                Restore(true);
                break;
            case ">" or "=":
                Set("keypad", part.Value.EndsWith('='));
                break;
            case "\u000e" or "\u000f":
                Set("shift", character == "\u000e");
                break;
        }
    }

    /// <summary>What DECSC saves, of what is here.</summary>
    private static bool IsSaved(string name) => name is "letters" or "set" or "shift" or CursorMoved;

    private void Restore(bool isWanted)
    {
        if (isWanted)
        {
            _ = _different.RemoveWhere(IsSaved);
            _different.UnionWith(_saved);
        }
    }

    private void Set(string name, bool isDifferent) =>
        _ = isDifferent ? _different.Add(name) : _different.Remove(name);
}

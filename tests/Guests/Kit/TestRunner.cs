// SPDX-License-Identifier: MIT
using System;
using Hypervisor.Runtime;
using Hypervisor.X64;

namespace Hypervisor.Guests.Kit;

/// <summary>
/// Runs the tests that the command line asks for, each behind a fault boundary, and reports a line for each.
/// </summary>
internal sealed class TestRunner
{
    private readonly string _selection;
    private readonly ContainedAction _call = new();

    internal TestRunner(string selection)
    {
        _selection = selection;
    }

    internal int Passed { get; private set; }

    internal int Failed { get; private set; }

    internal int Skipped { get; private set; }

    internal void Run(string name, bool onlyByName, Action body)
    {
        if (!IsSelected(name, onlyByName))
        {
            return;
        }
        Check.Begin();
        GuestConsole.Write("TEST ");
        GuestConsole.Write(name);
        _call.Body = body;
        FaultKind fault = FaultBoundary.Run(_call);
        Instructions.DisableInterrupts();
        Report(fault);
        Interrupts.Quiet();
    }

    private void Report(FaultKind fault)
    {
        if (Check.SkipReason is not null)
        {
            Skipped++;
            GuestConsole.WriteLine($" SKIP {Check.SkipReason}");
        }
        else if (Check.FailureReason is not null)
        {
            Failed++;
            GuestConsole.WriteLine($" FAIL {Check.FailureReason}");
        }
        else if (fault != FaultKind.None)
        {
            Failed++;
            GuestConsole.WriteLine(
                $" FAIL fault {(int)fault}, vector {Interrupts.LastException} at {Interrupts.LastAddress:x}");
        }
        else
        {
            Passed++;
            GuestConsole.WriteLine(" PASS");
        }
    }

    /// <summary>
    /// Named, by itself or with its group; where nothing is named every test is that need not be. A minus sign leaves
    /// one out.
    /// </summary>
    private bool IsSelected(string name, bool onlyByName)
    {
        ReadOnlySpan<char> group = name.AsSpan(0, name.IndexOf('.'));
        ReadOnlySpan<char> rest = _selection.AsSpan().Trim();
        bool isNamed = false;
        bool anyIsNamed = false;
        while (rest.Length != 0)
        {
            int end = rest.IndexOf(' ');
            ReadOnlySpan<char> word = end < 0 ? rest : rest.Slice(0, end);
            bool leavesOut = word[0] == '-';
            ReadOnlySpan<char> what = leavesOut ? word.Slice(1) : word;
            bool isThis = what.SequenceEqual(name) || (!onlyByName && what.SequenceEqual(group));
            if (isThis && leavesOut)
            {
                return false;
            }
            isNamed |= isThis;
            anyIsNamed |= !leavesOut;
            rest = end < 0 ? default : rest.Slice(end).TrimStart();
        }
        return isNamed || (!anyIsNamed && !onlyByName);
    }
}

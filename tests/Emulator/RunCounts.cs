// SPDX-License-Identifier: MIT
using System;
using System.Threading;

namespace Hypervisor.EmulatorTests;

/// <summary>Counts runs, and prints a line for each as it ends.</summary>
internal sealed class RunCounts
{
    private readonly Lock _lock = new();

    public int Passed { get; private set; }

    public int Failed { get; private set; }

    public int Skipped { get; private set; }

    public void Pass(string line)
    {
        lock (_lock)
        {
            Passed++;
            System.Console.WriteLine(line);
        }
    }

    public void Fail(string line)
    {
        lock (_lock)
        {
            Failed++;
            System.Console.WriteLine(line);
        }
    }

    public void Skip(string line)
    {
        lock (_lock)
        {
            Skipped++;
            System.Console.WriteLine(line);
        }
    }

    public override string ToString() =>
        FormattableString.Invariant($"{Passed} passed, {Failed} failed, {Skipped} skipped");
}

// SPDX-License-Identifier: MIT
using System;
using System.Threading;

namespace Hypervisor.EmulatorTests;

/// <summary>Adds up how runs went, and prints a line for each as it ends.</summary>
internal sealed class RunCounts
{
    private readonly Lock _lock = new();

    public TestCounts Sum { get; private set; }

    public void Add(TestCounts tests, string line)
    {
        lock (_lock)
        {
            Sum += tests;
            Console.WriteLine(line);
        }
    }
}

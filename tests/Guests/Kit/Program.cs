// SPDX-License-Identifier: MIT
using System;
using System.Runtime;
using Hypervisor.Runtime;

namespace Hypervisor.Guests.Kit;

/// <summary>
/// Where a test guest enters C#. The command line is a list of tests (<c>Cpuid.HidesSvm</c>) or of their groups
/// (<c>Cpuid</c>), separated by spaces; an empty one runs every test that does not have to be named.
/// </summary>
internal static unsafe class Program
{
    [RuntimeExport("GuestMain")]
    private static void Main(StartInfo* startInfo)
    {
        GuestHeap.Initialize();
        Startup.Initialize();
        Run(startInfo);
    }

    private static void Run(StartInfo* startInfo)
    {
        Startup.RunAllClassConstructors();
        Interrupts.Install();
        GuestMachine.Initialize(startInfo);
        GuestMachine.DropPageZero();
        Time.Calibrate();
        GuestConsole.WriteLine("TESTS START");
        TestRunner runner = new(GuestMachine.CommandLine);
        GuestTestTable.RunAll(runner);
        GuestConsole.WriteLine($"TESTS DONE passed={runner.Passed} failed={runner.Failed} skipped={runner.Skipped}");
        Power.Off(runner.Failed == 0 && runner.Passed + runner.Skipped > 0);
    }
}

// SPDX-License-Identifier: MIT
using System;
using System.Runtime;
using Hypervisor.Runtime;

namespace Hypervisor.Guests.Kit;

/// <summary>
/// Where a test guest enters C#. The command line is a list of tests (<c>Cpuid.HidesSvm</c>) or of their groups
/// (<c>Cpuid</c>), separated by spaces; one that names nothing runs every test that does not have to be named. With a
/// minus sign before it a test is left out. A first word
/// <c>quick</c> leaves out what takes long and few tests need: all class constructors at once, and the clock's
/// measurement.
/// </summary>
internal static unsafe class Program
{
    private const string Quick = "quick ";

    [RuntimeExport("GuestMain")]
    private static void Main(EntryState* entry)
    {
        GuestHeap.Initialize();
        Startup.Initialize();
        Run(entry);
    }

    private static void Run(EntryState* entry)
    {
        Interrupts.Install();
        GuestMachine.Initialize(entry);
        GuestMachine.DropPageZero();
        if (!GuestMachine.CommandLine.StartsWith(Quick))
        {
            Startup.RunAllClassConstructors();
            Time.Calibrate();
        }
        GuestConsole.WriteLine("TESTS START");
        TestRunner runner = new(GuestMachine.CommandLine);
        GuestTestTable.RunAll(runner);
        GuestConsole.WriteLine($"TESTS DONE passed={runner.Passed} failed={runner.Failed} skipped={runner.Skipped}");
        Power.Off(runner.Failed == 0 && runner.Passed + runner.Skipped > 0);
    }
}

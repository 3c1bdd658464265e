// SPDX-License-Identifier: MIT
using System.Globalization;
using System.Text.RegularExpressions;

namespace Hypervisor.EmulatorTests;

/// <summary>
/// What an exit costs, in instructions: a Linux guest whose init measures them, on a board whose clock counts
/// instructions. Exact and repeatable.
/// </summary>
internal static class ExitCostRuns
{
    /// <summary>
    /// The benchmark's name of an operation, ours, and what it may cost at the most.
    /// </summary>
    private static readonly (string Operation, string Text, double Most)[] s_budgets =
    [
        ("cpuid0", "CPUID leaf 0", 400),
        ("cpuid1", "CPUID leaf 1", 400),
        ("hypercall", "VMMCALL", 300),
        ("in3fd", "port read, serial port (IN 3FDh)", 400),
        ("out80", "port write (OUT 80h)", 400),
        ("lapic_read", "local APIC register read", 900),
    ];

    public static readonly Run[] All =
    [
        new Run
        {
            Name = "exit-costs",
            Part = Part.Bench,
            Config = """
                [[vm]]
                name    = "bench"
                memory  = "256M"
                kernel  = "vmlinuz"
                initrd  = "exitbench.img"
                cmdline = "console=ttyS0 quiet nokaslr nox2apic iomem=relaxed panic=-1"
                """,
            Files = LinuxGuest.ExitBenchFiles,
            Script = Measure,
            Icount = true,
            TimeLimit = 400,
        },
    ];

    private static void Measure(RunConsole console)
    {
        _ = console.Expect("EB -- pass 1");
        _ = console.Expect("EB DONE");
        string text = console.Text[console.Text.LastIndexOf("EB -- pass 1", System.StringComparison.Ordinal)..];
        foreach ((string operation, string name, double most) in s_budgets)
        {
            Match figure = Regex.Match(text, $@"EB {operation}\s+min\s+([\d.]+)");
            if (!figure.Success)
            {
                throw new RunFailure($"the benchmark gave no figure for {name}");
            }

            console.Budget(name, double.Parse(figure.Groups[1].Value, CultureInfo.InvariantCulture), most);
        }
    }
}

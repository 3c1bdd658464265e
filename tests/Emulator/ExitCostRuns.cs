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
    /// <summary>The benchmark's name of an operation, and ours.</summary>
    private static readonly (string Operation, string Text)[] s_operations =
    [
        ("cpuid0", "CPUID leaf 0"),
        ("cpuid1", "CPUID leaf 1"),
        ("hypercall", "VMMCALL or VMCALL"),
        ("in3fd", "port read, serial port (IN 3FDh)"),
        ("out80", "port write (OUT 80h)"),
        ("lapic_read", "local APIC register read"),
    ];

    public static readonly Run[] All =
    [
        Costs("exit-costs", "qemu-svm", 400, 400, 300, 400, 400, 900),
        Costs("exit-costs-bochs-svm", "bochs-svm", 300, 300, 300, 350, 350, 800) with { Part = Part.Soak },
        Costs("exit-costs-bochs-vmx", "bochs-vmx", 300, 300, 300, 350, 350, 800) with
        {
            Part = Part.Soak,
            Options = [BochsRuns.NoVirtualApic],
        },
    ];

    /// <summary>A run whose operations may cost so much at the most, in their order.</summary>
    private static Run Costs(string name, string machine, params double[] most) => new()
    {
        Name = name,
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
        Script = console => Measure(console, most),
        Machine = machine,
        Icount = true,
        TimeLimit = 400,
    };

    private static void Measure(RunConsole console, double[] most)
    {
        _ = console.Expect("EB -- pass 1");
        _ = console.Expect("EB DONE");
        string text = console.Text[console.Text.LastIndexOf("EB -- pass 1", System.StringComparison.Ordinal)..];
        for (int i = 0; i < s_operations.Length; i++)
        {
            (string operation, string name) = s_operations[i];
            Match figure = Regex.Match(text, $@"EB {operation}\s+min\s+([\d.]+)");
            if (!figure.Success)
            {
                throw new RunFailure($"the benchmark gave no figure for {name}");
            }

            console.Budget(name, double.Parse(figure.Groups[1].Value, CultureInfo.InvariantCulture), most[i]);
        }
    }
}

// SPDX-License-Identifier: MIT
using System.Text.RegularExpressions;
using Hypervisor.Tool;
using Hypervisor.Tool.Symbols;

namespace Hypervisor.EmulatorTests;

/// <summary>
/// Faults of the hypervisor's own, made on purpose: registers, reason and a stack with names, and a failure.
/// </summary>
internal static class PanicRuns
{
    public static readonly Run[] All =
    [
        Panic("panic-unmapped", "panic-test", "DeliberateFault.ReadUnmapped"),
        Panic("panic-unmapped-bochs-vmx", "panic-test", "DeliberateFault.ReadUnmapped") with { Machine = "bochs-vmx" },
        Panic("panic-stack-overflow", "panic-test-stack", "DeliberateFault.OverflowStack"),
    ];

    private static Run Panic(string name, string option, string method) => new()
    {
        Name = name,
        Part = Part.Emulator,
        Config = LinuxGuest.Config(),
        Files = LinuxGuest.Files,
        Options = [option],
        Script = console => Watch(console, method),
        TimeLimit = 90,
    };

    private static void Watch(RunConsole console, string method)
    {
        _ = console.Expect("^PANIC: .+$");
        _ = console.Expect(@"^rip +0x[0-9a-f]{16} ");
        _ = console.Expect("^stack:$");
        console.ExpectHostFailure();
        string report = PanicReport.Explain(console.Text, RepositoryPaths.Hypervisor("release")) ?? "";
        if (!Regex.IsMatch(report, $@"^  #0 0x[0-9a-f]+ .*{Regex.Escape(method)}\+0x[0-9a-f]+ \(.*\.cs:\d+\)",
            RegexOptions.Multiline))
        {
            throw new RunFailure($"the stack does not begin in {method}:\n{report}");
        }
    }
}

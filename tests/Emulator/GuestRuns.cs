// SPDX-License-Identifier: MIT
using System.Collections.Generic;
using System.IO;
using System.Text.RegularExpressions;
using Hypervisor.Tool;

namespace Hypervisor.EmulatorTests;

/// <summary>
/// Our own test guests (tests/Guests): all of them on the bare emulator, which is the reference, and as a guest; and
/// each way out of the machine by itself.
/// </summary>
internal static class GuestRuns
{
    public const string Name = "guests.elf";

    public static readonly Run[] All =
    [
        Bare("guests-bare", ""),
        Guests("guests-svm", "") with { Script = AllPass },
        Guests("guests-svm-checked", "") with { Script = AllPass, Flavour = "checked" },
        Guests("guests-svm-on-2", "") with { Script = AllPass, Cpus = 2 },
        Guests("guests-kvm", "") with { Script = AllPass, Machine = "qemu-kvm" },
        Guests("guests-hostile-checked", "Hostile.Hypercalls Hostile.Memory Hostile.Msrs Hostile.Ports") with
        {
            Script = HostIsUnmoved,
            Flavour = "checked",
        },
        Guests("guests-triple-fault", "Reset.TripleFault") with { Script = Restarts },
        Guests("guests-reset-control", "Reset.ResetControl") with { Script = Restarts },
        Guests("guests-keyboard-reset", "Reset.KeyboardController") with { Script = Restarts },
        Guests("guests-acpi-reset", "Reset.AcpiRegister") with { Script = Restarts },
        Guests("guests-reset-loop", "Reset.TripleFault") with { Script = WaitsAndIsStopped },
        Guests("guests-power-off", "Reset.PowerOff") with { Script = SwitchesOff },
        Rate("guests-tsc-rate"),
        Boot("boot-pvh", "", KernelProtocol.Pvh),
        Boot("boot-multiboot1", "protocol=multiboot1", KernelProtocol.Multiboot1),
        Boot("boot-multiboot2", "protocol=multiboot2", KernelProtocol.Multiboot2),
    ];

    /// <summary>The guest looks at what its loader told it, a module among that.</summary>
    private static Run Boot(string name, string word, KernelProtocol protocol)
    {
        Run run = Guests(name, $"Boot Boot.Module {word}");
        return run with
        {
            Config = run.Config + "\ninitrd = \"LICENSE\"",
            Files = new Dictionary<string, string>(run.Files)
            {
                ["LICENSE"] = Path.Combine(RepositoryPaths.Root, "LICENSE"),
            },
            Protocol = protocol,
        };
    }

    /// <summary>
    /// All about time with a TSC at a rate that no host has; <paramref name="way"/> is how the host says it does it.
    /// </summary>
    public static Run Rate(string name, string way = "every RDTSC leaves the guest")
    {
        Run run = Guests(name, "Clock Clock.TimestampHasItsRate Timer Msr tsc_khz=300000");
        return run with
        {
            Config = run.Config + "\ntsc_khz = 300_000",
            Script = console =>
            {
                _ = console.Expect($"its TSC has 300000 kHz: {way}");
                AllPass(console);
            },
        };
    }

    /// <summary>The tests on the emulated processor itself, which is the reference.</summary>
    public static Run Bare(string name, string tests) =>
        Guests(name, "") with { BareKernel = Name, BareCommandLine = tests };

    /// <summary>A run of the tests with these names, of all where there are none.</summary>
    public static Run Guests(string name, string tests) => new()
    {
        Name = name,
        Part = Part.Guests,
        Config = "[host]\non_all_stopped = \"poweroff\"\n" + Section("guests", "128M", tests),
        Files = FilesOf(name.EndsWith("checked") ? "checked" : "release"),
        Script = AllPass,
        Protocol = KernelProtocol.Pvh,
        TimeLimit = 120,
    };

    /// <summary>A guest that runs these tests; more keys may follow.</summary>
    public static string Section(string name, string memory, string tests) => $"""
        [[vm]]
        name    = "{name}"
        memory  = "{memory}"
        kernel  = "{Name}"
        cmdline = "{tests}"

        """;

    public static IReadOnlyDictionary<string, string> FilesOf(string flavour) =>
        new Dictionary<string, string> { [Name] = FileOf(flavour) };

    public static string FileOf(string flavour) =>
        Path.Combine(RepositoryPaths.Artifacts, "bin", "Hypervisor.Guests", flavour, Name);

    /// <summary>Each failure is named, with the reason that the guest gave.</summary>
    public static void AllPass(RunConsole console)
    {
        Match end = console.Expect(@"TESTS DONE passed=(\d+) failed=(\d+) skipped=(\d+)");
        if (end.Groups[2].Value != "0" || end.Groups[1].Value == "0")
        {
            string failures = string.Join("; ", Regex.Matches(console.Text, @"(?<=TEST )\S+ FAIL [^\r\n]*"));
            throw new RunFailure($"{end.Groups[2].Value} tests failed, {end.Groups[1].Value} passed: {failures}");
        }
    }

    public static void HostIsUnmoved(RunConsole console)
    {
        AllPass(console);
        console.ExpectPowerOff();
    }

    private static void Restarts(RunConsole console)
    {
        _ = console.Expect("LEAVING");
        _ = console.Expect("TESTS START");
        _ = console.Expect("LEAVING");
    }

    /// <summary>
    /// From the fourth reset on there is a pause that grows, and a person who stops it all is obeyed.
    /// </summary>
    private static void WaitsAndIsStopped(RunConsole console)
    {
        for (int start = 0; start < 4; start++)
        {
            _ = console.Expect("LEAVING");
        }

        _ = console.Expect("guests: starts again in 1 s");
        _ = console.Expect("LEAVING");
        _ = console.Expect("guests: starts again in 2 s");
        _ = console.Expect("LEAVING");
        console.Send("\x1d");
        _ = console.Expect(LinuxGuest.Monitor, 10);
        console.Type("poweroff");
        _ = console.Expect("waiting for guests", 10);
        _ = console.Expect("guests: stopped", 10);
        console.ExpectPowerOff();
    }

    private static void SwitchesOff(RunConsole console)
    {
        _ = console.Expect("LEAVING");
        console.ExpectPowerOff();
    }
}

// SPDX-License-Identifier: MIT
using System;
using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using System.Text.RegularExpressions;
using Hypervisor.Tool.Configuration;
using Hypervisor.Tool.Emulation;

namespace Hypervisor.Tool.Commands;

/// <summary><c>hv run CONFIG</c>: boots a config in an emulator with the console in the terminal.</summary>
internal static class RunCommand
{
    private const int MinimumMemoryMiB = 128;
    private const int MaximumMemoryMiB = 1 << 20;
    private const int MaximumCpus = 255;

    public static Command Create()
    {
        Argument<string> config = Arguments.Config();
        Option<string> machine = new("--machine")
        {
            Description =
                "What to boot on: qemu-svm (QEMU's own AMD-V), qemu-kvm (where KVM nests), auto (the faster of the "
                + "two that works here), bochs-vmx (Bochs with a processor of Intel's), bochs-svm (with one of AMD's).",
            HelpName = "MACHINE",
            DefaultValueFactory = static _ => "qemu-svm",
        };
        _ = machine.AcceptOnlyFromAmong(MachineChoice.Names);
        Option<string?> cpuModel = new("--cpu-model")
        {
            Description = "The processor, as Bochs calls it (default: corei7_skylake_x, or ryzen for bochs-svm).",
            HelpName = "NAME",
        };
        Option<string?> bochs = new("--bochs")
        {
            Description = "The version of Bochs, such as 2.7 or 3.0 (default: the newest that is there).",
            HelpName = "VERSION",
        };
        Option<int> cpus = Number("--cpus", "Processors of the emulated host.", "N", 1, 1, MaximumCpus);
        Option<bool> parallel = new("--parallel")
        {
            Description = "Emulate QEMU's processors at the same time and not one after the other; QEMU errs where"
                + " guests run on the first of them then, so \"pin\" theirs to the others.",
        };
        Option<int> memory = Number(
            "--memory", "Memory of the emulated host (default: what the guests need and 512 MiB more).",
            "MIB", 0, MinimumMemoryMiB, MaximumMemoryMiB);
        Option<bool> disk = new("--disk") { Description = "Boot from a disk image and not from an ISO." };
        Option<bool> uefi = new("--uefi") { Description = "Boot through UEFI and not through BIOS." };
        Option<bool> icount = new("--icount")
        {
            Description = "Count instructions as time: one tick of the TSC is one instruction, and every run is alike.",
        };
        Option<bool> gdb = new("--gdb") { Description = "Wait for gdb before the first instruction." };
        Option<Regex?> until = new("--until")
        {
            Description = "End with 0 as soon as a line of the console matches this regular expression.",
            HelpName = "REGEX",
            CustomParser = ParseRegex,
        };
        Option<double?> timeout = new("--timeout")
        {
            Description = "End with 124 after this many seconds.",
            HelpName = "SECONDS",
        };
        timeout.Validators.Add(static result =>
        {
            bool isNumber = result.Tokens.Count == 1 && double.TryParse(
                result.Tokens[0].Value, NumberStyles.Float, CultureInfo.InvariantCulture, out double seconds)
                && seconds > 0;
            if (!isNumber)
            {
                result.AddError("--timeout takes a number of seconds above 0.");
            }
        });
        Option<string?> serial =
            new("--serial") { Description = "Keep what the console says in this file too.", HelpName = "FILE" };
        Option<string?> keep = new("--keep")
        {
            Description =
                "Keep the emulator's own log and configuration in this folder (bochs.log says why an entry failed).",
            HelpName = "FOLDER",
        };
        Option<string> flavour = Arguments.Flavour();
        Option<string?> hypervisor = Arguments.Hypervisor();
        Option<string> append = Arguments.Append();
        Option<bool> force = Arguments.Force();
        var command = new Command("run", """
            Boots a config in an emulator with the console in the terminal (Ctrl-A X switches the machine off).
            Without a terminal the console is streamed and what is piped in is typed.

            Exit codes: 0 the text of --until was seen, or without it the host powered off by itself; 1 the text was
            not seen, a guest crashed or the host failed; 124 the time limit; 2 the command line.
            """)
        {
            config, machine, cpuModel, bochs, cpus, parallel, memory, disk, uefi, icount, gdb, until, timeout, serial,
            keep, flavour, hypervisor, append, force,
        };
        command.Validators.Add(result =>
        {
            if (result.GetValue(parallel) && (result.GetValue(icount) || result.GetValue(machine) != "qemu-svm"))
            {
                result.AddError("--parallel is for --machine qemu-svm without --icount.");
            }
        });
        command.SetAction(parsed => Run(new RunRequest
        {
            Machine = MachineChoice.Resolve(parsed.GetRequiredValue(machine)),
            Config = Arguments.LoadConfig(parsed.GetRequiredValue(config), parsed.GetValue(force)),
            CpuModel = parsed.GetValue(cpuModel),
            BochsVersion = parsed.GetValue(bochs),
            Cpus = parsed.GetValue(cpus),
            Parallel = parsed.GetValue(parallel),
            MemoryMiB = parsed.GetValue(memory),
            Disk = parsed.GetValue(disk),
            Uefi = parsed.GetValue(uefi),
            Icount = parsed.GetValue(icount),
            Gdb = parsed.GetValue(gdb),
            Until = parsed.GetValue(until),
            TimeLimit = parsed.GetValue(timeout) is { } seconds ? TimeSpan.FromSeconds(seconds) : null,
            SerialFile = parsed.GetValue(serial),
            KeepFolder = parsed.GetValue(keep),
            Hypervisor = parsed.GetValue(hypervisor) ?? RepositoryPaths.Hypervisor(parsed.GetRequiredValue(flavour)),
            Options = parsed.GetRequiredValue(append).Split(' ', StringSplitOptions.RemoveEmptyEntries),
        }));
        return command;
    }

    private static int Run(RunRequest request)
    {
        using var session = new RunSession(request);
        return session.Run();
    }

    private static Option<int> Number(string name, string description, string unit, int standard, int minimum,
        int maximum)
    {
        var option =
            new Option<int>(name) { Description = description, HelpName = unit, DefaultValueFactory = _ => standard };
        option.Validators.Add(result =>
        {
            if (result.Tokens.Count == 1 && int.TryParse(result.Tokens[0].Value, out int value)
                && (value < minimum || value > maximum))
            {
                result.AddError(FormattableString.Invariant($"{name} is {value}; it can be {minimum} to {maximum}."));
            }
        });
        return option;
    }

    private static Regex? ParseRegex(ArgumentResult result)
    {
        try
        {
            return new Regex(result.Tokens[0].Value, RegexOptions.CultureInvariant);
        }
        catch (ArgumentException error)
        {
            result.AddError($"--until is no regular expression: {error.Message}");
            return null;
        }
    }
}

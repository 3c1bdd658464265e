// SPDX-License-Identifier: MIT
using System;
using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using System.Text.RegularExpressions;
using Hypervisor.Tool.Configuration;
using Hypervisor.Tool.Emulation;

namespace Hypervisor.Tool.Commands;

/// <summary>The arguments and options of <c>hv run</c>.</summary>
internal sealed class RunOptions
{
    private const int MinimumMemoryMiB = 128;
    private const int MaximumMemoryMiB = 1 << 20;
    private const int MaximumCpus = 255;

    private readonly Argument<string> _config = Arguments.Config();
    private readonly Option<string> _machine = new("--machine")
    {
        Description =
            "What to boot on: qemu-svm (QEMU's own AMD-V), qemu-kvm (where KVM nests), auto (the faster of the "
            + "two that works here), bochs-vmx (Bochs with a processor of Intel's), bochs-svm (with one of AMD's).",
        HelpName = "MACHINE",
        DefaultValueFactory = static _ => "qemu-svm",
    };

    private readonly Option<string?> _cpuModel = new("--cpu-model")
    {
        Description = "The processor, as Bochs calls it (default: corei7_skylake_x, or ryzen for bochs-svm).",
        HelpName = "NAME",
    };

    private readonly Option<string?> _bochs = new("--bochs")
    {
        Description = "The version of Bochs, such as 2.7 or 3.0 (default: the newest that is there).",
        HelpName = "VERSION",
    };

    private readonly Option<int> _cpus = Number("--cpus", "Processors of the emulated host.", "N", 1, 1, MaximumCpus);
    private readonly Option<bool> _parallel = new("--parallel")
    {
        Description = "Emulate QEMU's processors at the same time and not one after the other; QEMU errs where"
            + " guests run on the first of them then, so \"pin\" theirs to the others.",
    };

    private readonly Option<int> _memory = Number(
        "--memory", "Memory of the emulated host (default: what the guests need and 512 MiB more).",
        "MIB", 0, MinimumMemoryMiB, MaximumMemoryMiB);

    private readonly Option<bool> _disk = new("--disk") { Description = "Boot from a disk image and not from an ISO." };
    private readonly Option<bool> _uefi = new("--uefi") { Description = "Boot through UEFI and not through BIOS." };
    private readonly Option<bool> _icount = new("--icount")
    {
        Description = "Count instructions as time: one tick of the TSC is one instruction, and every run is alike.",
    };

    private readonly Option<bool> _gdb = new("--gdb") { Description = "Wait for gdb before the first instruction." };
    private readonly Option<Regex?> _until = new("--until")
    {
        Description = "End with 0 as soon as a line of the console matches this regular expression.",
        HelpName = "REGEX",
        CustomParser = ParseRegex,
    };

    private readonly Option<double?> _timeout = new("--timeout")
    {
        Description = "End with 124 after this many seconds.",
        HelpName = "SECONDS",
    };

    private readonly Option<string?> _serial = new("--serial")
    {
        Description = "Keep what the console says in this file too.",
        HelpName = "FILE",
    };

    private readonly Option<string?> _keep = new("--keep")
    {
        Description =
            "Keep the emulator's own log and configuration in this folder (bochs.log says why an entry failed).",
        HelpName = "FOLDER",
    };

    private readonly Option<string> _flavour = Arguments.Flavour();
    private readonly Option<string?> _hypervisor = Arguments.Hypervisor();
    private readonly Option<string> _append = Arguments.Append();
    private readonly Option<bool> _force = Arguments.Force();

    public RunOptions()
    {
        _ = _machine.AcceptOnlyFromAmong(MachineChoice.Names);
        _timeout.Validators.Add(CheckTimeout);
    }

    public void AddTo(Command command)
    {
        command.Add(_config);
        Option[] all =
        [
            _machine, _cpuModel, _bochs, _cpus, _parallel, _memory, _disk, _uefi, _icount, _gdb, _until, _timeout,
            _serial, _keep, _flavour, _hypervisor, _append, _force,
        ];
        foreach (Option option in all)
        {
            command.Add(option);
        }

        command.Validators.Add(CheckTogether);
    }

    public RunRequest Read(ParseResult parsed) => new()
    {
        Machine = MachineChoice.Resolve(parsed.GetRequiredValue(_machine)),
        Config = Arguments.LoadConfig(parsed.GetRequiredValue(_config), parsed.GetValue(_force)),
        CpuModel = parsed.GetValue(_cpuModel),
        BochsVersion = parsed.GetValue(_bochs),
        Cpus = parsed.GetValue(_cpus),
        Parallel = parsed.GetValue(_parallel),
        MemoryMiB = parsed.GetValue(_memory),
        Disk = parsed.GetValue(_disk),
        Uefi = parsed.GetValue(_uefi),
        Icount = parsed.GetValue(_icount),
        Gdb = parsed.GetValue(_gdb),
        Until = parsed.GetValue(_until),
        TimeLimit = parsed.GetValue(_timeout) is { } seconds ? TimeSpan.FromSeconds(seconds) : null,
        SerialFile = parsed.GetValue(_serial),
        KeepFolder = parsed.GetValue(_keep),
        Hypervisor = parsed.GetValue(_hypervisor) ?? RepositoryPaths.Hypervisor(parsed.GetRequiredValue(_flavour)),
        Options = parsed.GetRequiredValue(_append).Split(' ', StringSplitOptions.RemoveEmptyEntries),
    };

    private static void CheckTimeout(OptionResult result)
    {
        bool isNumber = result.Tokens.Count == 1 && double.TryParse(
            result.Tokens[0].Value, NumberStyles.Float, CultureInfo.InvariantCulture, out double seconds)
            && seconds > 0;
        if (!isNumber)
        {
            result.AddError("--timeout takes a number of seconds above 0.");
        }
    }

    private void CheckTogether(CommandResult result)
    {
        if (result.GetValue(_parallel) && (result.GetValue(_icount) || result.GetValue(_machine) != "qemu-svm"))
        {
            result.AddError("--parallel is for --machine qemu-svm without --icount.");
        }
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

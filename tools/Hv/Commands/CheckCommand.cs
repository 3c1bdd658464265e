// SPDX-License-Identifier: MIT
using System;
using System.Collections.Generic;
using System.CommandLine;
using System.Linq;
using Hypervisor.Tool.Configuration;

namespace Hypervisor.Tool.Commands;

/// <summary><c>hv check CONFIG</c>: every error of a config at once, without starting anything.</summary>
internal static class CheckCommand
{
    public static Command Create()
    {
        Argument<string> config = Arguments.Config();
        var command = new Command("check",
            "Lists every error of a config with its line and what is allowed, and kernels that cannot be started.")
        {
            config,
        };
        command.SetAction(parsed => Check(ConfigDocument.Load(parsed.GetRequiredValue(config))));
        return command;
    }

    /// <summary>Prints the errors; 0 where there are none.</summary>
    public static int Check(ConfigDocument config)
    {
        IReadOnlyList<string> mistakes = config.Mistakes();
        if (mistakes.Count == 0)
        {
            System.Console.WriteLine(Summary(config));
            return ExitCode.Success;
        }

        System.Console.Error.Write(string.Concat(mistakes.Select(static line => line + "\n")));
        System.Console.Error.WriteLine(mistakes.Count == 1 ? "hv: 1 error" : $"hv: {mistakes.Count} errors");
        return ExitCode.Failure;
    }

    private static string Summary(ConfigDocument config)
    {
        int count = config.Config.VirtualMachines.Length;
        string guests = count == 1 ? "guest" : "guests";
        return FormattableString.Invariant(
            $"{config.Name}: no errors; {count} {guests}, {config.GuestMemoryMiB} MiB of guest memory");
    }
}

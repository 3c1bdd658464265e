// SPDX-License-Identifier: MIT
using System;
using System.CommandLine;
using System.IO;
using Hypervisor.Tool.Configuration;
using Hypervisor.Tool.Emulation;
using Hypervisor.Tool.Terminal;

namespace Hypervisor.Tool.Commands;

/// <summary><c>hv image CONFIG -o FILE</c>: an ISO, or a disk image for a stick.</summary>
internal static class ImageCommand
{
    public static Command Create()
    {
        Argument<string> config = Arguments.Config();
        Option<string> output =
            new("--output", "-o") { Description = "The image to write.", HelpName = "FILE", Required = true };
        Option<bool> disk = new("--disk")
        {
            Description =
                "Make a disk image for a stick: /hypervisor.toml and /guests/ on it can be edited with any computer.",
        };
        Option<string> flavour = Arguments.Flavour();
        Option<string?> hypervisor = Arguments.Hypervisor();
        Option<string> append = Arguments.Append();
        Option<bool> force = Arguments.Force();
        var command = new Command(
            "image", "Makes an image that boots through BIOS and UEFI: an ISO, or a disk for a stick.")
        {
            config, output, disk, flavour, hypervisor, append, force,
        };
        command.SetAction(parsed => Make(
            Arguments.LoadConfig(parsed.GetRequiredValue(config), parsed.GetValue(force)),
            parsed.GetRequiredValue(output),
            parsed.GetValue(disk),
            parsed.GetValue(hypervisor) ?? RepositoryPaths.Hypervisor(parsed.GetRequiredValue(flavour)),
            parsed.GetRequiredValue(append).Split(' ', StringSplitOptions.RemoveEmptyEntries)));
        return command;
    }

    private static int Make(ConfigDocument config, string output, bool disk, string hypervisor, string[] options)
    {
        string? folder = Path.GetDirectoryName(Path.GetFullPath(output));
        if (!Directory.Exists(folder))
        {
            throw new ToolException($"The folder {folder} is not there.", ExitCode.Usage);
        }

        if (config.Reads(output))
        {
            throw new ToolException($"{output} goes into the image and would be overwritten by it.", ExitCode.Usage);
        }

        using (new ProgressLine($"making {output}"))
        {
            BootMedium.Make(config, hypervisor, options, disk, output);
        }

        double size = new FileInfo(output).Length / (1024.0 * 1024.0);
        System.Console.WriteLine(FormattableString.Invariant($"{output}: {size:F1} MiB"));
        return ExitCode.Success;
    }
}

// SPDX-License-Identifier: MIT
using System.Collections.Generic;
using System.CommandLine;
using Hypervisor.Tool.Configuration;

namespace Hypervisor.Tool.Commands;

/// <summary>Arguments and options that several commands take.</summary>
internal static class Arguments
{
    public static Argument<string> Config() => new("CONFIG")
    {
        Description = "The config, such as hypervisor.toml; the files it names lie beside it or in guests/ beside it.",
    };

    public static Option<string> Flavour()
    {
        var option = new Option<string>("--flavour")
        {
            Description = "The build to take: release, or checked (verifies itself while it runs).",
            DefaultValueFactory = static _ => "release",
            HelpName = "release|checked",
        };
        _ = option.AcceptOnlyFromAmong("release", "checked");
        return option;
    }

    public static Option<string?> Hypervisor() => new("--hypervisor")
    {
        Description = "Another ELF than the build's.",
        HelpName = "ELF",
    };

    public static Option<string> Append() => new("--append")
    {
        Description = "Words for the hypervisor's own command line.",
        HelpName = "WORDS",
        DefaultValueFactory = static _ => "",
    };

    public static Option<bool> Force() => new("--force")
    {
        Description = "Go on though the config has errors or a kernel cannot be started: the console says so too.",
    };

    /// <summary>Loads a config; one with errors only where the user insists.</summary>
    public static ConfigDocument LoadConfig(string path, bool force)
    {
        ConfigDocument config = ConfigDocument.Load(path);
        if (force)
        {
            return config;
        }

        IReadOnlyList<string> mistakes = config.Mistakes();
        return mistakes.Count == 0
            ? config
            : throw new ToolException("the config has errors:\n" + string.Join('\n', mistakes));
    }
}

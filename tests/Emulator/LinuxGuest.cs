// SPDX-License-Identifier: MIT
using System.Collections.Generic;
using System.IO;
using Hypervisor.Tool;

namespace Hypervisor.EmulatorTests;

/// <summary>The Linux guests that runs use: where their files are, their config, their prompts.</summary>
internal static class LinuxGuest
{
    /// <summary>The sample guest's shell.</summary>
    public const string Prompt = "^guest# ";

    /// <summary>The console's monitor.</summary>
    public const string Monitor = "^hv> ";

    /// <summary>The distribution's kernel for virtual machines with the shell.</summary>
    public static IReadOnlyDictionary<string, string> Files { get; } = FilesOf("cloud");

    /// <summary>The kernel of the exit benchmark and its init.</summary>
    public static IReadOnlyDictionary<string, string> ExitBenchFiles { get; } = new Dictionary<string, string>
    {
        ["vmlinuz"] = Kernel("cloud"),
        ["exitbench.img"] = Path.Combine(RepositoryPaths.Artifacts, "guests", "exitbench.img"),
    };

    /// <summary>A kernel of the cache with the shell.</summary>
    public static IReadOnlyDictionary<string, string> FilesOf(string kernel) => new Dictionary<string, string>
    {
        ["vmlinuz"] = Kernel(kernel),
        ["initrd.img"] = Path.Combine(RepositoryPaths.Root, "examples", "guests", "initrd.img"),
    };

    /// <summary>A config with one such guest.</summary>
    public static string Config(string memory = "256M", string extra = "", string commandLine = "console=ttyS0") => $"""
        [[vm]]
        name    = "linux"
        memory  = "{memory}"
        kernel  = "vmlinuz"
        initrd  = "initrd.img"
        cmdline = "{commandLine}"
        {extra}
        """;

    /// <summary>Waits for the shell and sees that it computes.</summary>
    public static void ReachShell(RunConsole console)
    {
        _ = console.Expect(Prompt);
        console.Type("echo sum $((40 + 2))");
        _ = console.Expect("^sum 42$", 20);
        _ = console.Expect(Prompt, 20);
    }

    /// <summary>Leaves the attached guest or what is watched.</summary>
    public static void ToMonitor(RunConsole console)
    {
        console.Send("\x1d");
        _ = console.Expect(Monitor, 30);
    }

    /// <summary>Switches the guest off, then the host from the monitor.</summary>
    public static void SwitchOff(RunConsole console)
    {
        console.Type("poweroff");
        _ = console.Expect(Monitor, 60);
        console.Type("poweroff");
        console.ExpectPowerOff();
    }

    /// <summary>What the set-up has fetched, if it could.</summary>
    public static string InCache(string kind, string file) => Path.Combine(UserCache.Folder, kind, file);

    private static string Kernel(string name) => InCache(name, "vmlinuz");
}

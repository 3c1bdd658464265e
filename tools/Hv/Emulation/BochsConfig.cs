// SPDX-License-Identifier: MIT
using System;
using System.Collections.Generic;
using System.Globalization;
using System.Numerics;
using System.Text;

namespace Hypervisor.Tool.Emulation;

/// <summary>The configuration file of Bochs for a board.</summary>
internal static class BochsConfig
{
    /// <summary>
    /// Instructions in one second of the board's time. Low, so that waits are short; high enough for a guest's timer
    /// interrupts through the hypervisor to leave time for work.
    /// </summary>
    private const int InstructionsPerSecond = 50_000_000;

    /// <summary>The board's clock starts here, so that runs are alike: 2024-01-01.</summary>
    private const int StartTime = 1_704_067_200;

    /// <summary>Bochs looks through all blocks of its memory again and again at the start: more take minutes.</summary>
    private const int MaximumBlocks = 8192;

    private const uint StandardBlockKiB = 128;

    /// <summary>The processor where nobody asks for another: the most that a mainstream one has.</summary>
    public static string StandardModel(EmulatedMachine machine) =>
        machine == EmulatedMachine.BochsSvm ? "ryzen" : "corei7_skylake_x";

    /// <summary>The file's text.</summary>
    /// <param name="options">The board.</param>
    /// <param name="build">The Bochs that will read it.</param>
    /// <param name="logFile">Where Bochs writes its log.</param>
    /// <param name="console">Host and port of the socket that carries the console.</param>
    public static string Build(EmulatorOptions options, BochsBuild build, string logFile, string console)
    {
        var text = new StringBuilder();
        foreach (string line in Lines(options, build, logFile, console))
        {
            _ = text.Append(line).Append('\n');
        }

        return text.ToString();
    }

    private static IEnumerable<string> Lines(EmulatorOptions options, BochsBuild build, string logFile, string console)
    {
        yield return "config_interface: textconfig";
        yield return $"display_library: {(build.IsCorrected ? "nogui" : "term")}";
        yield return $"romimage: file={Quote(build.BiosFile)}";
        yield return $"vgaromimage: file={Quote(build.VideoBiosFile)}";

        // A text screen cannot show what a boot loader finds through VBE.
        yield return "vga: extension=none";
        string model = options.CpuModel ?? StandardModel(options.Machine);
        yield return FormattableString.Invariant($"cpu: model={model}, count={options.Cpus}, ")
            + FormattableString.Invariant($"ips={InstructionsPerSecond}, reset_on_triple_fault=0, ignore_bad_msrs=0")
            + Exclusions(options.ExcludedFeatures);
        yield return Memory(options.MemoryMiB, build);
        yield return FormattableString.Invariant($"clock: sync=none, time0={StartTime}");
        yield return "pci: enabled=1, chipset=i440fx";
        yield return "ata0: enabled=1, ioaddr1=0x1f0, ioaddr2=0x3f0, irq=14";
        yield return options.Disk
            ? $"ata0-master: type=disk, mode=flat, path={Quote(options.Medium)}"
            : $"ata0-master: type=cdrom, path={Quote(options.Medium)}, status=inserted";
        yield return options.Disk ? "boot: disk" : "boot: cdrom";
        for (int port = 1; port <= 2; port++)
        {
            string use = port == options.ConsolePort ? $"mode=socket-client, dev={console}" : "mode=null";
            yield return FormattableString.Invariant($"com{port}: enabled=1, {use}");
        }

        yield return "panic: action=fatal";
        yield return "error: action=report";
        yield return "info: action=report" + QuietProcessors(options.Cpus);
        yield return "debug: action=ignore";
        yield return $"log: {Quote(logFile)}";
    }

    private static string Exclusions(IReadOnlyList<string> features) =>
        features.Count == 0 ? "" : $", exclude_features={Quote(string.Join(", ", features))}";

    /// <summary>The watchdog's interrupts would fill the log: each local APIC tells of each.</summary>
    private static string QuietProcessors(int cpus)
    {
        var quiet = new StringBuilder();
        for (int cpu = 0; cpu < cpus; cpu++)
        {
            _ = quiet.Append(CultureInfo.InvariantCulture, $", apic{cpu}=ignore");
        }

        return quiet.ToString();
    }

    private static string Memory(int mebibytes, BochsBuild build)
    {
        uint block = BitOperations.RoundUpToPowerOf2((uint)mebibytes * 1024 / MaximumBlocks);
        bool isStandard = build.IsOld || block <= StandardBlockKiB;
        return FormattableString.Invariant($"memory: guest={mebibytes}, host={mebibytes}")
            + (isStandard ? "" : FormattableString.Invariant($", block_size={block}"));
    }

    private static string Quote(string path) => $"\"{path}\"";
}

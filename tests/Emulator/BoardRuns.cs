// SPDX-License-Identifier: MIT
using System;

namespace Hypervisor.EmulatorTests;

/// <summary>The same guest on boards of every kind: firmware, medium, memory, processors.</summary>
internal static class BoardRuns
{
    public static readonly Run[] All =
    [
        Board("board-uefi") with { Uefi = true },
        Board("board-disk") with { Disk = true },
        Board("board-disk-uefi") with { Disk = true, Uefi = true },
        Board("board-512-mib") with { MemoryMiB = 512 },
        Board("board-6-gib") with { MemoryMiB = 6144 },
        Board("board-64-gib") with { MemoryMiB = 65536 },
        Board("board-4-processors") with { Cpus = 4 },
        Board("board-guest-3-gib") with { MemoryMiB = 6144, Config = LinuxGuest.Config("3G"), Script = LargeGuest },
    ];

    private static Run Board(string name) => new()
    {
        Name = name,
        Part = Part.Emulator,
        Config = LinuxGuest.Config(),
        Files = LinuxGuest.Files,
        Script = Shell,
    };

    private static void Shell(RunConsole console)
    {
        LinuxGuest.ReachShell(console);
        LinuxGuest.SwitchOff(console);
    }

    /// <summary>More memory than fits below the devices: the guest has to find both pieces.</summary>
    private static void LargeGuest(RunConsole console)
    {
        LinuxGuest.ReachShell(console);
        console.Type("awk '/MemTotal/ { print \"total\", int($2 / 1024) }' /proc/meminfo");
        int total = int.Parse(console.Expect(@"^total (\d+)$", 20).Groups[1].Value);
        if (total < 2800)
        {
            throw new RunFailure($"the guest has {total} MiB of its 3 GiB");
        }

        LinuxGuest.SwitchOff(console);
    }
}

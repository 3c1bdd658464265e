// SPDX-License-Identifier: MIT
using System;
using System.Collections.Generic;
using System.Text.RegularExpressions;
using Hypervisor.Tool.Configuration;

namespace Hypervisor.Tool.Emulation;

/// <summary>What <c>hv run</c> is asked for.</summary>
internal sealed record RunRequest
{
    public required ConfigDocument Config { get; init; }

    public EmulatedMachine Machine { get; init; } = EmulatedMachine.QemuSvm;

    /// <summary>The processor's model; null: the machine's usual one.</summary>
    public string? CpuModel { get; init; }

    /// <summary>The version of Bochs; null: the newest that is there.</summary>
    public string? BochsVersion { get; init; }

    public int Cpus { get; init; } = 1;

    /// <summary>QEMU's processors run at the same time.</summary>
    public bool Parallel { get; init; }

    /// <summary>The emulated host's memory in MiB; 0: as much as the guests need and some more.</summary>
    public int MemoryMiB { get; init; }

    public bool Disk { get; init; }

    public bool Uefi { get; init; }

    public bool Icount { get; init; }

    public bool Gdb { get; init; }

    /// <summary>The text that ends the run.</summary>
    public Regex? Until { get; init; }

    /// <summary>Null: no limit.</summary>
    public TimeSpan? TimeLimit { get; init; }

    /// <summary>Where the console's bytes are kept as they came; null: nowhere.</summary>
    public string? SerialFile { get; init; }

    /// <summary>A folder where the emulator's own log and configuration are kept; null: nowhere.</summary>
    public string? KeepFolder { get; init; }

    /// <summary>The hypervisor's ELF.</summary>
    public required string Hypervisor { get; init; }

    /// <summary>More words for the hypervisor's command line.</summary>
    public IReadOnlyList<string> Options { get; init; } = [];
}

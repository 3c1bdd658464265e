// SPDX-License-Identifier: MIT
using System.Collections.Generic;

namespace Hypervisor.Tool.Emulation;

/// <summary>The emulated board of one run.</summary>
internal sealed record EmulatorOptions
{
    public EmulatedMachine Machine { get; init; } = EmulatedMachine.QemuSvm;

    /// <summary>The processor's model, as Bochs calls it; null: the machine's usual one.</summary>
    public string? CpuModel { get; init; }

    /// <summary>What Bochs is to leave out of that model, by its names; it can since 3.0.</summary>
    public IReadOnlyList<string> ExcludedFeatures { get; init; } = [];

    /// <summary>The version of Bochs, such as "2.7"; null: the newest that is there.</summary>
    public string? BochsVersion { get; init; }

    /// <summary>Processors, 1 to 255.</summary>
    public int Cpus { get; init; } = 1;

    /// <summary>
    /// QEMU runs every processor in a thread of its own, and not one after the other: at the same time, but its first
    /// processor is then not to run guests (see SUPPORT.md).
    /// </summary>
    public bool Parallel { get; init; }

    /// <summary>The board's memory in MiB.</summary>
    public int MemoryMiB { get; init; } = 2048;

    /// <summary>The ISO or disk image to boot.</summary>
    public required string Medium { get; init; }

    /// <summary>
    /// A PVH kernel that the emulator boots itself instead of the medium: for tests without the hypervisor.
    /// </summary>
    public string? Kernel { get; init; }

    /// <summary>That kernel's command line.</summary>
    public string KernelCommandLine { get; init; } = "";

    /// <summary>The medium is a disk and not an ISO.</summary>
    public bool Disk { get; init; }

    /// <summary>Boot through UEFI and not through BIOS.</summary>
    public bool Uefi { get; init; }

    /// <summary>One TSC tick per instruction, and every run alike.</summary>
    public bool Icount { get; init; }

    /// <summary>With that: an instruction takes two to the power of so many ticks.</summary>
    public int IcountShift { get; init; }

    /// <summary>Wait for gdb on a socket before the first instruction.</summary>
    public bool Gdb { get; init; }

    /// <summary>The serial port that carries the console: 1 or 2.</summary>
    public int ConsolePort { get; init; } = 1;
}

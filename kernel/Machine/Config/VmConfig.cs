// SPDX-License-Identifier: MIT
namespace Hypervisor.Machine.Config;

/// <summary>A <c>[[vm]]</c> section: one guest.</summary>
public sealed class VmConfig
{
    /// <summary>The line of the section in the file, from 1.</summary>
    public int Line;

    /// <summary>1 to 32 letters, digits, dots, dashes or underscores.</summary>
    public string Name = "";

    /// <summary>How many virtual processors.</summary>
    public int Cpus = 1;

    /// <summary>Bytes of RAM, a multiple of 2 MiB.</summary>
    public ulong Memory;

    /// <summary>The file with the kernel, beside the configuration.</summary>
    public string Kernel = "";

    /// <summary>The file with the initial RAM disk (or the module, for multiboot); null for none.</summary>
    public string? Initrd;

    public string CommandLine = "";

    /// <summary>Started when the host has booted.</summary>
    public bool AutoStart = true;

    /// <summary>
    /// Seconds that pass before it is started by itself: since the start of the one before it in the file that starts
    /// by itself, or since the host has booted.
    /// </summary>
    public int StartDelay;

    /// <summary>The rate of the guest's timestamp counter in kHz; 0 for the host's own.</summary>
    public int TimestampKilohertz;

    public CrashAction OnCrash = CrashAction.Stop;

    /// <summary>Share of processor time under contention, 1 to 10000, divided among its virtual processors.</summary>
    public int Weight = 100;

    /// <summary>Percent of one processor that all its virtual ones have at most together; 0 for no limit.</summary>
    public int Cap;

    /// <summary>Percent of one processor that is guaranteed to all its virtual processors together.</summary>
    public int Reserve;

    /// <summary>The real processor of each virtual one; empty where any will do.</summary>
    public int[] Pin = new int[0];

    /// <summary>The processors of <see cref="Pin"/> run no other guest.</summary>
    public bool IsExclusive;
}

// SPDX-License-Identifier: MIT
namespace Hypervisor.Machine.Config;

/// <summary>What a configuration is checked against.</summary>
public sealed class ConfigEnvironment
{
    /// <summary>The files beside it.</summary>
    public readonly ConfigFile[] Files;

    /// <summary>Bytes of memory that guests can have; 0 where that isn't known (on the user's own machine).</summary>
    public readonly ulong GuestMemory;

    /// <summary>Bytes that are free at all, also in pieces that are too small for guests.</summary>
    public readonly ulong FreeMemory;

    /// <summary>
    /// For each processor of the machine, whether it is the first thread of its core: guests run on those, and on the
    /// others only where cores may be shared. Empty where that isn't known (on the user's own machine).
    /// </summary>
    public bool[] FirstThreads { get; init; } = new bool[0];

    public ConfigEnvironment(ConfigFile[] files, ulong guestMemory = 0, ulong freeMemory = 0)
    {
        Files = files;
        GuestMemory = guestMemory;
        FreeMemory = freeMemory;
    }
}

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

    public ConfigEnvironment(ConfigFile[] files, ulong guestMemory = 0, ulong freeMemory = 0)
    {
        Files = files;
        GuestMemory = guestMemory;
        FreeMemory = freeMemory;
    }
}

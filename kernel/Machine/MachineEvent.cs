// SPDX-License-Identifier: MIT
namespace Hypervisor.Machine;

/// <summary>Something that has happened to a VM.</summary>
public struct MachineEvent
{
    /// <summary>When, by the host's clock.</summary>
    public ulong Moment;

    /// <summary>The VM's name.</summary>
    public string Machine;

    public string What;

    /// <summary>Why, or empty.</summary>
    public string Detail;
}

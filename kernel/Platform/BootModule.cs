// SPDX-License-Identifier: MIT
using Hypervisor.Memory;

namespace Hypervisor.Platform;

/// <summary>A file that the boot loader left in memory; its frames are reserved until it has been used.</summary>
public sealed class BootModule
{
    public BootModule(string name, HostPhysical start, ulong length)
    {
        Name = name;
        Start = start;
        Length = length;
    }

    /// <summary>
    /// What the loader's configuration calls it: the file's path on the medium, such as <c>/guests/vmlinuz</c>.
    /// </summary>
    public string Name { get; }

    public HostPhysical Start { get; }

    /// <summary>Length in bytes; an empty file has none and lies nowhere.</summary>
    public ulong Length { get; }
}

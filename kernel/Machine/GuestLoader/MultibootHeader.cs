// SPDX-License-Identifier: MIT
namespace Hypervisor.Machine.GuestLoader;

/// <summary>What the headers of both versions of multiboot say.</summary>
internal abstract class MultibootHeader
{
    /// <summary>Where the header lies in the file.</summary>
    public ulong Offset { get; protected init; }

    /// <summary>Where the file goes in memory; without it the file must be ELF.</summary>
    public FlatPlacement Placement { get; protected set; }

    public bool HasPlacement { get; protected set; }

    public uint Entry { get; protected set; }

    public bool HasEntry { get; protected set; }

    /// <summary>What the kernel insists on and doesn't get; null where there is nothing.</summary>
    public string? Refusal { get; protected set; }
}

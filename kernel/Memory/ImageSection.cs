// SPDX-License-Identifier: MIT
namespace Hypervisor.Memory;

/// <summary>A part of the hypervisor's image with rights of its own; whole pages.</summary>
public readonly struct ImageSection
{
    public readonly HostVirtual Start;
    public readonly HostPhysical Physical;

    /// <summary>Length in bytes.</summary>
    public readonly ulong Length;

    public readonly PageAccess Access;

    public ImageSection(HostVirtual start, HostPhysical physical, ulong length, PageAccess access)
    {
        Start = start;
        Physical = physical;
        Length = length;
        Access = access;
    }
}

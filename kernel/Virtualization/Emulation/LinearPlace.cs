// SPDX-License-Identifier: MIT
namespace Hypervisor.Virtualization.Emulation;

/// <summary>A linear address, and what the segment says that led to it.</summary>
internal readonly struct LinearPlace
{
    public readonly ulong Address;
    private readonly PlaceFlags _flags;

    public LinearPlace(ulong address, PlaceFlags flags)
    {
        Address = address;
        _flags = flags;
    }

    /// <summary>What cannot be accessed is #SS and not #GP.</summary>
    public bool IsStack => (_flags & PlaceFlags.Stack) != 0;

    public LinearPlace Add(ulong bytes) => new(Address + bytes, _flags);

    /// <summary>False where the segment has it refused.</summary>
    public bool Allows(WalkAccess access) =>
        (_flags & PlaceFlags.BeyondLimit) == 0
        && (access != WalkAccess.Write || (_flags & PlaceFlags.ReadOnly) == 0);
}

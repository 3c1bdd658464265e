// SPDX-License-Identifier: MIT
namespace Hypervisor.Virtualization.Vmx;

/// <summary>
/// The access rights of a segment as a VMCS stores them (SDM volume 3, table 25-2): the descriptor's second word, with
/// the limit's bits reserved and "unusable" above.
/// </summary>
internal static class VmxSegment
{
    private const uint Unusable = 1 << 16;
    private const uint LowAttributes = 0xFF;
    private const uint HighAttributes = 0xF00;
    private const int HighShift = 4;
    private const uint Present = 1 << 7;

    /// <summary>A segment that is not present cannot be used: a null selector was loaded, or there is none.</summary>
    public static uint ToRights(ushort attributes)
    {
        uint rights = (attributes & LowAttributes) | ((attributes & HighAttributes) << HighShift);
        return (attributes & Present) != 0 ? rights : rights | Unusable;
    }

    public static ushort ToAttributes(uint rights)
    {
        uint attributes = (rights & LowAttributes) | ((rights >> HighShift) & HighAttributes);
        return (ushort)((rights & Unusable) != 0 ? attributes & ~Present : attributes);
    }
}

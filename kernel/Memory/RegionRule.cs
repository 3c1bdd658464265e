// SPDX-License-Identifier: MIT
namespace Hypervisor.Memory;

/// <summary>
/// The rule that takes a garbage collector's place: no static and no longer-lived object stores a shorter-lived
/// reference. How long something lives is readable from its address: what lies in a VM's window lives as long as that
/// VM, stacks are read by nobody once they are left, everything else lives until power-off.
/// </summary>
public static class RegionRule
{
    private static ulong s_imageStacks;
    private static ulong s_imageStacksEnd;

    /// <summary>
    /// True where a reference to <paramref name="value"/> may be stored at <paramref name="destination"/>.
    /// </summary>
    public static bool Allows(ulong destination, ulong value)
    {
        int slot = KernelLayout.SlotOf(value);
        return slot < 0 || KernelLayout.SlotOf(destination) == slot || IsStack(destination);
    }

    /// <summary>The boot processor's first stacks lie in the image; so the rule is told where.</summary>
    public static void SetImageStacks(HostVirtual start, HostVirtual end)
    {
        s_imageStacks = start.Value;
        s_imageStacksEnd = end.Value;
    }

    private static bool IsStack(ulong address) =>
        address - KernelLayout.Stacks < KernelLayout.AreaSize
            || (address >= s_imageStacks && address < s_imageStacksEnd);
}

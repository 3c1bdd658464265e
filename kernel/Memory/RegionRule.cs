// SPDX-License-Identifier: MIT
namespace Hypervisor.Memory;

/// <summary>
/// The rule that takes a garbage collector's place: no static and no longer-lived object stores a shorter-lived reference.
/// How long something lives is readable from its address: what lies in a VM's window lives as long as that VM,
/// stacks are read by nobody once they are left, everything else lives until power-off.
/// </summary>
public static class RegionRule
{
    /// <summary>True where a reference to <paramref name="value"/> may be stored at <paramref name="destination"/>.</summary>
    public static bool Allows(ulong destination, ulong value)
    {
        int slot = KernelLayout.SlotOf(value);
        return slot < 0 || KernelLayout.SlotOf(destination) == slot || IsStack(destination);
    }

    private static bool IsStack(ulong address) => address - KernelLayout.Stacks < KernelLayout.AreaSize;
}

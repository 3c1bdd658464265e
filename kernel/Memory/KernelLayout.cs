// SPDX-License-Identifier: MIT
namespace Hypervisor.Memory;

/// <summary>
/// The hypervisor's virtual addresses: what kind of thing an address belongs to is readable from the address. The lower
/// half is empty, so that a null reference with any offset faults.
/// </summary>
public static class KernelLayout
{
    /// <summary>
    /// Windows of the VMs, one of <see cref="WindowSize"/> for each slot; see <see cref="VmWindow"/>.
    /// </summary>
    public const ulong Windows = 0xffff_c000_0000_0000;

    /// <summary>512 GiB: one entry of the top-level table.</summary>
    public const ulong WindowSize = 0x80_0000_0000;

    /// <summary>VMs that can exist at a time.</summary>
    public const int WindowCount = 64;

    /// <summary>The heap of the boot region.</summary>
    public const ulong BootRegion = 0xffff_e000_0000_0000;

    /// <summary>The boot region's limit, in bytes.</summary>
    public const ulong BootRegionSize = 1UL << 30;

    /// <summary>Stacks, each with an unmapped page below.</summary>
    public const ulong Stacks = 0xffff_e100_0000_0000;

    /// <summary>Registers of real devices, and tables of the firmware that are no RAM.</summary>
    public const ulong Devices = 0xffff_e200_0000_0000;

    /// <summary>Address space for each of the above, in bytes.</summary>
    public const ulong AreaSize = 0x80_0000_0000;

    /// <summary>The hypervisor's image.</summary>
    public const ulong Image = 0xffff_ffff_8000_0000;

    /// <summary>The first address of a slot's window.</summary>
    public static HostVirtual WindowOf(int slot) => new(Windows + ((ulong)slot * WindowSize));

    /// <summary>The slot in whose window an address lies; -1 outside of all windows.</summary>
    public static int SlotOf(ulong address)
    {
        ulong slot = (address - Windows) / WindowSize;
        return slot < WindowCount ? (int)slot : -1;
    }
}

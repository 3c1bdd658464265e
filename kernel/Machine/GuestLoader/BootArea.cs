// SPDX-License-Identifier: MIT
namespace Hypervisor.Machine.GuestLoader;

/// <summary>
/// The guest-physical addresses below 640 KiB where loaders leave what the kernel is told. They lie at the upper end,
/// so that kernels that load low find room.
/// </summary>
internal static class BootArea
{
    public const ulong Start = 0x9_0000;

    /// <summary>Linux's boot_params, PVH's start info or the multiboot information.</summary>
    public const ulong Information = Start;
    public const int InformationLength = 0x4000;

    public const ulong CommandLine = 0x9_4000;
    public const int CommandLineLength = 0x1000;

    public const ulong DescriptorTable = 0x9_5000;
    public const uint DescriptorTableLength = 32;

    /// <summary>One PML4, one PDPT and four page directories: the first 4 GiB mapped to themselves.</summary>
    public const ulong PageTables = 0x9_6000;
    public const int PageTableCount = 6;

    public const ulong End = PageTables + (PageTableCount * 0x1000);

    // The BIOS data area, as far as kernels look at it (IBM PC AT technical reference, section 5).
    public const ulong BiosSerialPort = 0x400;
    public const ulong BiosExtendedArea = 0x40E;
    public const ulong BiosMemorySize = 0x413;
}

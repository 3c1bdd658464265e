// SPDX-License-Identifier: MIT
namespace Hypervisor.Machine.GuestLoader;

/// <summary>The formats of kernels that can be started.</summary>
public enum ImageKind
{
    Unknown,

    /// <summary>Linux bzImage, entered in 64-bit mode.</summary>
    Linux64,

    /// <summary>Linux bzImage without a 64-bit entry, entered in 32-bit mode.</summary>
    Linux32,

    /// <summary>ELF with the note XEN_ELFNOTE_PHYS32_ENTRY.</summary>
    Pvh,

    /// <summary>Multiboot 1: an ELF file, or a flat one that says where it goes.</summary>
    Multiboot1,

    /// <summary>Multiboot 2, likewise.</summary>
    Multiboot2,
}

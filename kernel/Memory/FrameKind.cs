// SPDX-License-Identifier: MIT
namespace Hypervisor.Memory;

/// <summary>What a frame is used for; every frame of the machine has exactly one kind.</summary>
public enum FrameKind : byte
{
    /// <summary>Nobody's: may be handed out.</summary>
    Free,

    /// <summary>No RAM, or RAM that the firmware keeps: never handed out.</summary>
    Reserved,

    /// <summary>The hypervisor's own: image, stacks, frame records, page tables, the boot region.</summary>
    Kernel,

    /// <summary>A VM's region: the objects that serve it.</summary>
    Region,

    /// <summary>A guest's RAM; not mapped in the direct map.</summary>
    GuestRam,

    /// <summary>A table of a nested address space.</summary>
    NestedTable,

    /// <summary>A file that the boot loader left in memory.</summary>
    Module,

    /// <summary>Was to be freed while a device could still write to it: lost until the next boot.</summary>
    Quarantined,
}

// SPDX-License-Identifier: MIT
using Hypervisor.Machine.GuestTables;
using Hypervisor.Memory;

namespace Hypervisor.Machine.GuestLoader;

/// <summary>What is to be started and in what memory.</summary>
public sealed class BootRequest
{
    public readonly ImageSource Kernel;
    public readonly GuestMemory Memory;
    public readonly MemoryMap Map;

    /// <summary>The initial RAM disk, or the module for multiboot and PVH; null for none.</summary>
    public ImageSource? Initrd;

    /// <summary>The name of that file: the string of a multiboot module.</summary>
    public string InitrdName = "";

    public string CommandLine = "";

    /// <summary>The ACPI root pointer; 0 for none.</summary>
    public GuestPhysical Rsdp;

    public BootRequest(ImageSource kernel, GuestMemory memory, MemoryMap map)
    {
        Kernel = kernel;
        Memory = memory;
        Map = map;
    }
}

// SPDX-License-Identifier: MIT
namespace Hypervisor.Boot.Loader;

/// <summary>The tags of the loader's information that are read here. Multiboot2, 3.6.</summary>
public enum TagKind : uint
{
    End = 0,
    CommandLine = 1,
    Module = 3,
    MemoryMap = 6,
    Framebuffer = 8,
    OldRootPointer = 14,
    NewRootPointer = 15,
}

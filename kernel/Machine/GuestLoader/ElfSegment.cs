// SPDX-License-Identifier: MIT
namespace Hypervisor.Machine.GuestLoader;

/// <summary>A program header of an ELF file, 32-bit or 64-bit (ELF-64 object file format 1.5, section 6).</summary>
internal struct ElfSegment
{
    public const uint Load = 1;
    public const uint Note = 4;

    public uint Type;

    /// <summary>In the file, in bytes.</summary>
    public ulong Offset;
    public ulong VirtualAddress;
    public ulong PhysicalAddress;
    public ulong FileSize;
    public ulong MemorySize;
    public ulong Alignment;
}

// SPDX-License-Identifier: MIT
namespace Hypervisor.Fuzz.Emulation;

/// <summary>A piece of memory that an instruction says it touches.</summary>
internal readonly record struct MemoryTouch(ulong Address, int Size)
{
    /// <summary>True where [address, address + size) is a part of it.</summary>
    public bool Covers(ulong address, int size) =>
        address - Address < (ulong)Size && address - Address + (ulong)size <= (ulong)Size;
}

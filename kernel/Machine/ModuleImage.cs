// SPDX-License-Identifier: MIT
using System;
using Hypervisor.Machine.GuestLoader;
using Hypervisor.Memory;

namespace Hypervisor.Machine;

/// <summary>A guest's file that the boot loader left in the machine's memory.</summary>
public sealed class ModuleImage : ImageSource
{
    private readonly HostPhysical _start;

    public ModuleImage(string name, HostPhysical start, ulong length)
    {
        Name = name;
        _start = start;
        Length = length;
    }

    /// <summary>The file's name, without its folder.</summary>
    public string Name { get; }

    public override ulong Length { get; }

    public override bool Read(ulong offset, Span<byte> destination)
    {
        if (offset > Length || (ulong)destination.Length > Length - offset)
        {
            return false;
        }

        PhysicalMemory.Read(_start.Add(offset), destination);
        return true;
    }
}

// SPDX-License-Identifier: MIT
using System;
using Hypervisor.Memory;

namespace Hypervisor.Platform.Acpi;

/// <summary>The firmware's tables, mapped read-only for good where they lie.</summary>
public sealed unsafe class MappedFirmware : FirmwareMemory
{
    private readonly AddressSpace _space;
    private readonly ulong _limit;

    /// <summary>Tables of a machine whose physical addresses have so many bits.</summary>
    public MappedFirmware(AddressSpace space, int physicalAddressBits)
    {
        _space = space;
        _limit = 1UL << physicalAddressBits;
    }

    public override ReadOnlySpan<byte> Map(HostPhysical address, int length)
    {
        if (address.Value >= _limit || (ulong)length > _limit - address.Value)
        {
            return default;
        }

        HostVirtual start = _space.MapFirmware(address, (ulong)length);
        return new ReadOnlySpan<byte>((void*)start.Value, length);
    }
}

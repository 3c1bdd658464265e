// SPDX-License-Identifier: MIT
using System;
using System.Runtime.InteropServices;

namespace Hypervisor.Guests.Kit;

/// <summary>
/// Finds ACPI tables by signature, from the RSDP that the loader named, or by looking for it as of old.
/// </summary>
internal static unsafe class AcpiTables
{
    private const int HeaderSize = 36;

    /// <summary>The RSDP's address; 0 where there is none.</summary>
    internal static ulong FindRsdp()
    {
        if (GuestMachine.Rsdp != 0)
        {
            return GuestMachine.Rsdp;
        }
        for (ulong address = 0xe0000; address < 0x100000; address += 16)
        {
            if (*(ulong*)address == 0x2052545020445352)
            {
                return address;
            }
        }
        return 0;
    }

    /// <summary>The whole table with this signature; empty where there is none.</summary>
    internal static ReadOnlySpan<byte> Find(ReadOnlySpan<byte> signature)
    {
        ulong rsdp = FindRsdp();
        if (rsdp == 0)
        {
            return default;
        }
        bool extended = *(byte*)(rsdp + 15) >= 2 && *(ulong*)(rsdp + 24) != 0;
        ulong root = extended ? *(ulong*)(rsdp + 24) : *(uint*)(rsdp + 16);
        uint entrySize = extended ? 8u : 4u;
        uint count = (*(uint*)(root + 4) - HeaderSize) / entrySize;
        for (uint i = 0; i < count; i++)
        {
            ulong entry = root + HeaderSize + (i * entrySize);
            ulong table = extended ? *(ulong*)entry : *(uint*)entry;
            if (Table(table).Slice(0, 4).SequenceEqual(signature))
            {
                return Table(table);
            }
        }
        return default;
    }

    /// <summary>The table at this address, of the length that its header states.</summary>
    internal static ReadOnlySpan<byte> Table(ulong address) => new((void*)address, *(int*)(address + 4));

    internal static uint ReadUInt32(ReadOnlySpan<byte> table, int offset) =>
        MemoryMarshal.Read<uint>(table.Slice(offset));

    internal static bool SumsToZero(ReadOnlySpan<byte> bytes)
    {
        byte sum = 0;
        foreach (byte value in bytes)
        {
            sum += value;
        }
        return sum == 0;
    }
}

// SPDX-License-Identifier: MIT
using System;
using System.Buffers.Binary;

namespace Hypervisor.Platform.Acpi;

/// <summary>
/// A register of the board as ACPI names it: 12 bytes with the kind of space and the address (ACPI 6.4, 5.2.3.2).
/// </summary>
public readonly struct RegisterAddress
{
    /// <summary>Bytes of the structure in a table.</summary>
    public const int Size = 12;

    public const byte MemorySpace = 0;
    public const byte PortSpace = 1;
    public const byte PciSpace = 2;

    public readonly byte Space;
    public readonly ulong Address;

    public RegisterAddress(byte space, ulong address)
    {
        Space = space;
        Address = address;
    }

    public bool IsPresent => Address != 0;

    /// <summary>True for an I/O port; the other spaces need a mapping or a bus.</summary>
    public bool IsPort => Space == PortSpace && Address is > 0 and <= ushort.MaxValue;

    public ushort Port => (ushort)Address;

    /// <summary>The structure at an offset of a table; not present where the table ends before.</summary>
    public static RegisterAddress Read(ReadOnlySpan<byte> table, int offset) => table.Length < offset + Size
        ? default
        : new RegisterAddress(table[offset], BinaryPrimitives.ReadUInt64LittleEndian(table[(offset + 4)..]));
}

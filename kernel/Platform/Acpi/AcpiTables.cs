// SPDX-License-Identifier: MIT
using System;
using System.Buffers.Binary;
using Hypervisor.Memory;

namespace Hypervisor.Platform.Acpi;

/// <summary>
/// The tables that the firmware describes the machine with (ACPI 6.4, 5.2). They are checked like anything that comes
/// from outside: a table with a wrong length or sum is as if it were not there, and nothing in one can stop the boot.
/// </summary>
public sealed class AcpiTables
{
    /// <summary>
    /// Length of the header that all tables begin with: signature, length, revision, checksum, names.
    /// </summary>
    public const int HeaderSize = 36;

    private const int MaximumTableSize = 4 << 20;
    private const int MaximumTables = 256;
    private const int OldRootSize = 20;
    private const int NewRootSize = 36;

    private readonly FirmwareMemory _memory;
    private readonly ulong[] _addresses = new ulong[MaximumTables];

    /// <summary>
    /// Reads the list of tables from the root pointer, of which the loader hands over a copy of 20 or 36 bytes. A
    /// machine without a usable one has no tables.
    /// </summary>
    public AcpiTables(FirmwareMemory memory, ReadOnlySpan<byte> rootPointer)
    {
        _memory = memory;
        if (rootPointer.Length < OldRootSize || !rootPointer.StartsWith("RSD PTR "u8)
            || Sum(rootPointer[..OldRootSize]) != 0)
        {
            return;
        }

        bool isNew = rootPointer[15] >= 2 && rootPointer.Length >= NewRootSize && Sum(rootPointer[..NewRootSize]) == 0;
        ulong extended = isNew ? BinaryPrimitives.ReadUInt64LittleEndian(rootPointer[24..]) : 0;
        if (extended == 0 || !TryReadList(extended, "XSDT"u8, sizeof(ulong)))
        {
            _ = TryReadList(BinaryPrimitives.ReadUInt32LittleEndian(rootPointer[16..]), "RSDT"u8, sizeof(uint));
        }
    }

    /// <summary>How many tables the firmware lists.</summary>
    public int Count { get; private set; }

    /// <summary>Tables that were asked for and found broken.</summary>
    public int Broken { get; private set; }

    /// <summary>
    /// The table of that signature, the <paramref name="index"/>th where there are several, header included; empty
    /// where there is none that is whole.
    /// </summary>
    public ReadOnlySpan<byte> Find(ReadOnlySpan<byte> signature, int index = 0)
    {
        for (int entry = 0; entry < Count; entry++)
        {
            ReadOnlySpan<byte> table = MapTable(_addresses[entry], signature);
            if (!table.IsEmpty && index-- == 0)
            {
                return table;
            }
        }

        return default;
    }

    /// <summary>
    /// The table at an address that another table names; empty where it has another signature or is broken.
    /// </summary>
    public ReadOnlySpan<byte> MapTable(ulong address, ReadOnlySpan<byte> signature)
    {
        ReadOnlySpan<byte> header = address == 0 ? default : _memory.Map(new HostPhysical(address), HeaderSize);
        if (header.Length < HeaderSize || !header.StartsWith(signature))
        {
            return default;
        }

        uint length = BinaryPrimitives.ReadUInt32LittleEndian(header[4..]);
        if (length is >= HeaderSize and <= MaximumTableSize)
        {
            ReadOnlySpan<byte> table = _memory.Map(new HostPhysical(address), (int)length);
            if (table.Length == (int)length && Sum(table) == 0)
            {
                return table;
            }
        }

        Broken++;
        return default;
    }

    /// <summary>The sum of all bytes, which is 0 over a table that is whole.</summary>
    internal static byte Sum(ReadOnlySpan<byte> bytes)
    {
        byte sum = 0;
        foreach (byte value in bytes)
        {
            sum += value;
        }

        return sum;
    }

    private bool TryReadList(ulong address, ReadOnlySpan<byte> signature, int entrySize)
    {
        ReadOnlySpan<byte> list = MapTable(address, signature);
        for (int at = HeaderSize; at + entrySize <= list.Length && Count < MaximumTables; at += entrySize)
        {
            _addresses[Count++] = entrySize == sizeof(ulong)
                ? BinaryPrimitives.ReadUInt64LittleEndian(list[at..])
                : BinaryPrimitives.ReadUInt32LittleEndian(list[at..]);
        }

        return !list.IsEmpty;
    }
}

// SPDX-License-Identifier: MIT
using System;
using System.Buffers.Binary;
using System.Collections.Generic;
using System.Text;
using Hypervisor.Memory;
using Hypervisor.Platform.Acpi;

namespace Hypervisor.Unit.Platform.Acpi;

/// <summary>Tables of a firmware that a test makes up.</summary>
internal sealed class TestFirmware : FirmwareMemory
{
    private readonly SortedDictionary<ulong, byte[]> _tables = [];
    private ulong _next = 0x7fe0_0000;

    /// <summary>Reads that left every table: must never happen with whole tables.</summary>
    public int Misses { get; private set; }

    public override ReadOnlySpan<byte> Map(HostPhysical address, int length)
    {
        foreach ((ulong start, byte[] bytes) in _tables)
        {
            if (address.Value >= start && address.Value - start + (ulong)length <= (ulong)bytes.Length)
            {
                return bytes.AsSpan((int)(address.Value - start), length);
            }
        }

        Misses++;
        return default;
    }

    /// <summary>A table with header and right sum around <paramref name="body"/>; returns its address.</summary>
    public ulong Add(string signature, ReadOnlySpan<byte> body)
    {
        byte[] table = new byte[AcpiTables.HeaderSize + body.Length];
        _ = Encoding.ASCII.GetBytes(signature, table);
        BinaryPrimitives.WriteInt32LittleEndian(table.AsSpan(4), table.Length);
        body.CopyTo(table.AsSpan(AcpiTables.HeaderSize));
        FixSum(table);
        return AddRaw(table);
    }

    public ulong AddRaw(byte[] bytes)
    {
        ulong address = _next;
        _next += ((ulong)bytes.Length + 0x1fff) & ~0xfffUL;
        _tables.Add(address, bytes);
        return address;
    }

    public byte[] Bytes(ulong address) => _tables[address];

    public static void FixSum(byte[] table)
    {
        table[9] = 0;
        table[9] = (byte)-AcpiTables.Sum(table);
    }

    /// <summary>A root pointer of revision 2 to an XSDT of these tables, or of revision 0 to an RSDT.</summary>
    public byte[] Root(bool isNew, params ulong[] tables)
    {
        byte[] list = new byte[tables.Length * (isNew ? 8 : 4)];
        for (int index = 0; index < tables.Length; index++)
        {
            if (isNew)
            {
                BinaryPrimitives.WriteUInt64LittleEndian(list.AsSpan(index * 8), tables[index]);
            }
            else
            {
                BinaryPrimitives.WriteUInt32LittleEndian(list.AsSpan(index * 4), (uint)tables[index]);
            }
        }

        ulong address = Add(isNew ? "XSDT" : "RSDT", list);
        byte[] root = new byte[isNew ? 36 : 20];
        "RSD PTR "u8.CopyTo(root);
        if (isNew)
        {
            root[15] = 2;
            BinaryPrimitives.WriteInt32LittleEndian(root.AsSpan(20), 36);
            BinaryPrimitives.WriteUInt64LittleEndian(root.AsSpan(24), address);
        }
        else
        {
            BinaryPrimitives.WriteUInt32LittleEndian(root.AsSpan(16), (uint)address);
        }

        root[8] = (byte)-AcpiTables.Sum(root.AsSpan(0, 20));
        if (isNew)
        {
            root[32] = (byte)-AcpiTables.Sum(root);
        }

        return root;
    }
}

// SPDX-License-Identifier: MIT
using System;
using System.Buffers.Binary;
using System.Collections.Generic;
using System.IO;
using System.Text;

namespace Hypervisor.Tool.Images;

/// <summary>
/// Writes a GUID partition table with its protective MBR and its backup (UEFI specification 2.10, chapter 5).
/// </summary>
internal static class GuidPartitionTable
{
    public const int SectorSize = 512;

    /// <summary>Sectors at the end of the disk that the backup takes: 32 of entries and the header.</summary>
    public const int BackupSectors = 33;

    private const int EntryCount = 128;
    private const int EntrySize = 128;
    private const int HeaderSize = 92;
    private const int FirstUsableSector = 34;

    /// <summary>Fixed, so that the same input gives the same image.</summary>
    private static readonly Guid s_disk = new("48797065-7276-6973-6f72-000000000000");

    public static void Write(Stream image, long sectors, IReadOnlyList<DiskPartition> partitions)
    {
        byte[] entries = Entries(partitions);
        WriteAt(image, 0, ProtectiveRecord(sectors));
        WriteAt(image, 1, Header(sectors, 1, sectors - 1, 2, entries));
        WriteAt(image, 2, entries);
        WriteAt(image, sectors - BackupSectors, entries);
        WriteAt(image, sectors - 1, Header(sectors, sectors - 1, 1, sectors - BackupSectors, entries));
    }

    private static byte[] ProtectiveRecord(long sectors)
    {
        byte[] record = new byte[SectorSize];
        Span<byte> entry = record.AsSpan(0x1be);
        new byte[] { 0x00, 0x00, 0x02, 0x00, 0xee, 0xff, 0xff, 0xff }.CopyTo(entry);
        BinaryPrimitives.WriteUInt32LittleEndian(entry[8..], 1);
        BinaryPrimitives.WriteUInt32LittleEndian(entry[12..], (uint)Math.Min(sectors - 1, uint.MaxValue));
        record[0x1fe] = 0x55;
        record[0x1ff] = 0xaa;
        return record;
    }

    private static byte[] Header(long sectors, long own, long other, long entriesSector, byte[] entries)
    {
        byte[] header = new byte[SectorSize];
        Span<byte> fields = header;
        Encoding.ASCII.GetBytes("EFI PART").CopyTo(fields);
        BinaryPrimitives.WriteUInt32LittleEndian(fields[8..], 0x00010000);
        BinaryPrimitives.WriteUInt32LittleEndian(fields[12..], HeaderSize);
        BinaryPrimitives.WriteInt64LittleEndian(fields[24..], own);
        BinaryPrimitives.WriteInt64LittleEndian(fields[32..], other);
        BinaryPrimitives.WriteInt64LittleEndian(fields[40..], FirstUsableSector);
        BinaryPrimitives.WriteInt64LittleEndian(fields[48..], sectors - BackupSectors - 1);
        s_disk.TryWriteBytes(fields[56..]);
        BinaryPrimitives.WriteInt64LittleEndian(fields[72..], entriesSector);
        BinaryPrimitives.WriteInt32LittleEndian(fields[80..], EntryCount);
        BinaryPrimitives.WriteInt32LittleEndian(fields[84..], EntrySize);
        BinaryPrimitives.WriteUInt32LittleEndian(fields[88..], Crc32.Compute(entries));
        BinaryPrimitives.WriteUInt32LittleEndian(fields[16..], Crc32.Compute(fields[..HeaderSize]));
        return header;
    }

    private static byte[] Entries(IReadOnlyList<DiskPartition> partitions)
    {
        byte[] entries = new byte[EntryCount * EntrySize];
        for (int i = 0; i < partitions.Count; i++)
        {
            DiskPartition partition = partitions[i];
            Span<byte> entry = entries.AsSpan(i * EntrySize, EntrySize);
            partition.Kind.TryWriteBytes(entry);
            s_disk.TryWriteBytes(entry[16..]);
            entry[31] = (byte)(i + 1);
            BinaryPrimitives.WriteInt64LittleEndian(entry[32..], partition.FirstSector);
            BinaryPrimitives.WriteInt64LittleEndian(entry[40..], partition.LastSector);
            Encoding.Unicode.GetBytes(partition.Name).CopyTo(entry[56..]);
        }

        return entries;
    }

    private static void WriteAt(Stream image, long sector, byte[] bytes)
    {
        image.Position = sector * SectorSize;
        image.Write(bytes);
    }
}

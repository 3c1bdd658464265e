// SPDX-License-Identifier: MIT
using System;
using System.Buffers.Binary;
using System.Text;

namespace Hypervisor.Unit.Machine.GuestLoader;

/// <summary>Small images of every format, made by hand.</summary>
internal static class SampleImages
{
    public const uint KernelAddress = 0x20_0000;
    public const uint KernelEntry = 0x20_0040;

    /// <summary>A bzImage with one set-up sector and a kernel of 0x2345 bytes that counts up.</summary>
    public static byte[] Linux(ushort version = 0x20F, bool entry64 = true, bool relocatable = true)
    {
        byte[] image = new byte[0x400 + 0x2345];
        Span<byte> bytes = image;
        bytes[0x1F1] = 1;
        Put16(bytes, 0x1FE, 0xAA55);
        Put16(bytes, 0x200, 0x66EB);
        Put32(bytes, 0x202, 0x5372_6448);
        Put16(bytes, 0x206, version);
        bytes[0x211] = 1;
        Put32(bytes, 0x214, 0x10_0000);
        Put32(bytes, 0x22C, 0x7FFF_FFFF);
        Put32(bytes, 0x230, 0x20_0000);
        bytes[0x234] = relocatable ? (byte)1 : (byte)0;
        Put16(bytes, 0x236, entry64 ? (ushort)1 : (ushort)0);
        Put32(bytes, 0x238, 2047);
        Put64(bytes, 0x258, 0x100_0000);
        Put32(bytes, 0x260, 0x30_0000);
        for (int i = 0x400; i < image.Length; i++)
        {
            bytes[i] = (byte)i;
        }

        return image;
    }

    /// <summary>
    /// An ELF file with one segment (0x100 bytes of file, 0x1000 of memory) and a PVH note where asked.
    /// </summary>
    public static byte[] Elf(bool is64, bool pvh, uint address = KernelAddress, ulong virtualBase = 0)
    {
        byte[] image = new byte[0x3000];
        Span<byte> bytes = image;
        Put32(bytes, 0, 0x464C_457F);
        bytes[4] = is64 ? (byte)2 : (byte)1;
        bytes[5] = 1;
        bytes[6] = 1;
        Put16(bytes, 16, 2);
        Put16(bytes, 18, is64 ? (ushort)62 : (ushort)3);
        Put32(bytes, 20, 1);
        int count = pvh ? 2 : 1;
        if (is64)
        {
            Put64(bytes, 24, virtualBase + KernelEntry);
            Put64(bytes, 32, 64);
            Put16(bytes, 54, 56);
            Put16(bytes, 56, (ushort)count);
            Segment64(bytes[64..], 1, 0x1000, virtualBase + address, address, 0x100, 0x1000);
            Segment64(bytes[120..], 4, 0x2000, 0, 0, 0x40, 0x40);
        }
        else
        {
            Put32(bytes, 24, (uint)virtualBase + KernelEntry);
            Put32(bytes, 28, 52);
            Put16(bytes, 42, 32);
            Put16(bytes, 44, (ushort)count);
            Segment32(bytes[52..], 1, 0x1000, (uint)virtualBase + address, address, 0x100, 0x1000);
            Segment32(bytes[84..], 4, 0x2000, 0, 0, 0x40, 0x40);
        }

        for (int i = 0; i < 0x100; i++)
        {
            bytes[0x1000 + i] = (byte)(i ^ 0x5A);
        }

        // A note of somebody else, then the one that counts.
        Note(bytes[0x2000..], "GNU\0", 3, [1, 2, 3, 4, 5, 6, 7, 8]);
        byte[] entry = new byte[is64 ? 8 : 4];
        Put32(entry, 0, KernelEntry);
        Note(bytes[0x2018..], "Xen\0", 18, entry);
        return image;
    }

    /// <summary>Puts a multiboot 1 header into an image at a file offset.</summary>
    public static byte[] WithMultiboot1(byte[] image, int at, uint flags, params uint[] fields)
    {
        Span<byte> header = image.AsSpan(at);
        Put32(header, 0, 0x1BAD_B002);
        Put32(header, 4, flags);
        Put32(header, 8, unchecked(0u - 0x1BAD_B002 - flags));
        for (int i = 0; i < fields.Length; i++)
        {
            Put32(header, 12 + (i * 4), fields[i]);
        }

        return image;
    }

    /// <summary>Puts a multiboot 2 header with the given tags (type, flags, words) into an image.</summary>
    public static byte[] WithMultiboot2(byte[] image, int at, params (ushort Type, ushort Flags, uint[] Words)[] tags)
    {
        Span<byte> header = image.AsSpan(at);
        int offset = 16;
        foreach ((ushort type, ushort flags, uint[] words) in tags)
        {
            Put16(header, offset, type);
            Put16(header, offset + 2, flags);
            Put32(header, offset + 4, (uint)(8 + (words.Length * 4)));
            for (int i = 0; i < words.Length; i++)
            {
                Put32(header, offset + 8 + (i * 4), words[i]);
            }

            offset += (8 + (words.Length * 4) + 7) & ~7;
        }

        Put32(header, offset, 0);
        Put32(header, offset + 4, 8);
        offset += 8;
        Put32(header, 0, 0xE852_50D6);
        Put32(header, 4, 0);
        Put32(header, 8, (uint)offset);
        Put32(header, 12, unchecked(0u - 0xE852_50D6 - (uint)offset));
        return image;
    }

    private static void Note(Span<byte> at, string name, uint type, byte[] content)
    {
        Put32(at, 0, (uint)name.Length);
        Put32(at, 4, (uint)content.Length);
        Put32(at, 8, type);
        _ = Encoding.ASCII.GetBytes(name, at[12..]);
        content.CopyTo(at[16..]);
    }

    private static void Segment64(
        Span<byte> at, uint type, ulong offset, ulong address, ulong physical, ulong file, ulong memory)
    {
        Put32(at, 0, type);
        Put64(at, 8, offset);
        Put64(at, 16, address);
        Put64(at, 24, physical);
        Put64(at, 32, file);
        Put64(at, 40, memory);
        Put64(at, 48, 4);
    }

    private static void Segment32(
        Span<byte> at, uint type, uint offset, uint address, uint physical, uint file, uint memory)
    {
        Put32(at, 0, type);
        Put32(at, 4, offset);
        Put32(at, 8, address);
        Put32(at, 12, physical);
        Put32(at, 16, file);
        Put32(at, 20, memory);
        Put32(at, 28, 4);
    }

    private static void Put16(Span<byte> at, int offset, ushort value) =>
        BinaryPrimitives.WriteUInt16LittleEndian(at[offset..], value);

    private static void Put32(Span<byte> at, int offset, uint value) =>
        BinaryPrimitives.WriteUInt32LittleEndian(at[offset..], value);

    private static void Put64(Span<byte> at, int offset, ulong value) =>
        BinaryPrimitives.WriteUInt64LittleEndian(at[offset..], value);
}

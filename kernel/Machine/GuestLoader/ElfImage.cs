// SPDX-License-Identifier: MIT
using System;

namespace Hypervisor.Machine.GuestLoader;

/// <summary>The parts of an ELF file that a loader needs: segments, entry, PVH note.</summary>
internal sealed class ElfImage
{
    private const int MaximumSegments = 64;
    private const int MaximumNotes = 0x1_0000;
    private const int HeaderLength = 64;
    private const byte Class32 = 1;
    private const byte Class64 = 2;
    private const byte LittleEndianData = 1;
    private const ushort MachineI386 = 3;
    private const ushort MachineX64 = 62;

    /// <summary>XEN_ELFNOTE_PHYS32_ENTRY (Xen: public/elfnote.h): where PVH starts.</summary>
    private const uint Physical32Entry = 18;

    private readonly ElfSegment[] _segments;

    private ElfImage(ElfSegment[] segments, ulong entry)
    {
        _segments = segments;
        Entry = entry;
    }

    /// <summary>The entry as the file states it: an address of the kernel's own mapping.</summary>
    public ulong Entry { get; }

    public bool HasPvhEntry { get; private set; }

    /// <summary>Physical.</summary>
    public ulong PvhEntry { get; private set; }

    /// <summary>The lowest physical address of what is loaded.</summary>
    public ulong LoadBase
    {
        get
        {
            ulong lowest = ulong.MaxValue;
            for (int i = 0; i < _segments.Length; i++)
            {
                if (_segments[i].Type == ElfSegment.Load && _segments[i].MemorySize != 0)
                {
                    lowest = Math.Min(lowest, _segments[i].PhysicalAddress);
                }
            }

            return lowest;
        }
    }

    public static bool IsElf(ImageSource source)
    {
        byte[] magic = new byte[4];
        return ImageReader.TryRead(source, 0, magic) && LittleEndian.Read32(magic, 0) == 0x464C_457F;
    }

    /// <summary>Reads the headers of a file that <see cref="IsElf"/>; null on an error.</summary>
    public static ElfImage? Parse(LoadSession session)
    {
        ImageSource source = session.Request.Kernel;
        byte[] header = new byte[HeaderLength];
        ImageReader.ReadUpTo(source, 0, HeaderLength).CopyTo(header, 0);
        bool is64 = header[4] == Class64;
        if ((!is64 && header[4] != Class32) || header[5] != LittleEndianData
            || LittleEndian.Read16(header, 18) is not (MachineI386 or MachineX64))
        {
            return Fail(session, "an ELF file, but not for this kind of processor");
        }

        ulong entry = is64 ? LittleEndian.Read64(header, 24) : LittleEndian.Read32(header, 24);
        ulong table = is64 ? LittleEndian.Read64(header, 32) : LittleEndian.Read32(header, 28);
        int entrySize = LittleEndian.Read16(header, is64 ? 54 : 42);
        int count = LittleEndian.Read16(header, is64 ? 56 : 44);
        if (entrySize != (is64 ? 56 : 32) || count is 0 or > MaximumSegments)
        {
            return Fail(session, "an ELF file without a usable table of segments");
        }

        byte[] bytes = new byte[entrySize * count];
        if (!ImageReader.TryRead(source, table, bytes))
        {
            return Fail(session, "the ELF file ends within its table of segments");
        }

        var segments = new ElfSegment[count];
        for (int i = 0; i < count; i++)
        {
            ReadOnlySpan<byte> part = bytes.AsSpan(i * entrySize, entrySize);
            segments[i] = is64 ? ParseSegment64(part) : ParseSegment32(part);
        }

        var image = new ElfImage(segments, entry);
        image.FindPvhNote(source);
        return image;
    }

    /// <summary>Loads all segments to their physical addresses.</summary>
    public bool TryPlace(LoadSession session)
    {
        bool any = false;
        for (int i = 0; i < _segments.Length; i++)
        {
            ref readonly ElfSegment segment = ref _segments[i];
            if (segment.Type != ElfSegment.Load || segment.MemorySize == 0)
            {
                continue;
            }

            any = true;
            string what = new TextBuilder().Append("segment ").Append(i).ToString();
            if (!session.TryPlace(
                segment.Offset, segment.FileSize, segment.PhysicalAddress, segment.MemorySize, what))
            {
                return false;
            }
        }

        return any || session.Fail("the ELF file has nothing to load");
    }

    /// <summary>
    /// The physical address of an address of the kernel's own mapping; itself where no segment has it.
    /// </summary>
    public ulong ToPhysical(ulong address)
    {
        for (int i = 0; i < _segments.Length; i++)
        {
            ref readonly ElfSegment segment = ref _segments[i];
            if (segment.Type == ElfSegment.Load && address >= segment.VirtualAddress
                && address - segment.VirtualAddress < segment.MemorySize)
            {
                return unchecked(segment.PhysicalAddress + (address - segment.VirtualAddress));
            }
        }

        return address;
    }

    private static ElfSegment ParseSegment64(ReadOnlySpan<byte> bytes) => new()
    {
        Type = LittleEndian.Read32(bytes, 0),
        Offset = LittleEndian.Read64(bytes, 8),
        VirtualAddress = LittleEndian.Read64(bytes, 16),
        PhysicalAddress = LittleEndian.Read64(bytes, 24),
        FileSize = LittleEndian.Read64(bytes, 32),
        MemorySize = LittleEndian.Read64(bytes, 40),
        Alignment = LittleEndian.Read64(bytes, 48),
    };

    private static ElfSegment ParseSegment32(ReadOnlySpan<byte> bytes) => new()
    {
        Type = LittleEndian.Read32(bytes, 0),
        Offset = LittleEndian.Read32(bytes, 4),
        VirtualAddress = LittleEndian.Read32(bytes, 8),
        PhysicalAddress = LittleEndian.Read32(bytes, 12),
        FileSize = LittleEndian.Read32(bytes, 16),
        MemorySize = LittleEndian.Read32(bytes, 20),
        Alignment = LittleEndian.Read32(bytes, 28),
    };

    private void FindPvhNote(ImageSource source)
    {
        for (int i = 0; i < _segments.Length && !HasPvhEntry; i++)
        {
            ref readonly ElfSegment segment = ref _segments[i];
            if (segment.Type == ElfSegment.Note)
            {
                int length = (int)Math.Min(segment.FileSize, MaximumNotes);
                int alignment = segment.Alignment == 8 ? 8 : 4;
                FindPvhNote(ImageReader.ReadUpTo(source, segment.Offset, length), alignment);
            }
        }
    }

    /// <summary>
    /// Walks notes: three words (lengths of name and content, type), the name, the content, each aligned.
    /// </summary>
    private void FindPvhNote(ReadOnlySpan<byte> notes, int alignment)
    {
        ulong offset = 0;
        while (offset + 12 <= (ulong)notes.Length)
        {
            ReadOnlySpan<byte> note = notes.Slice((int)offset);
            uint nameLength = LittleEndian.Read32(note, 0);
            uint contentLength = LittleEndian.Read32(note, 4);
            ulong content = Align(12 + (ulong)nameLength, alignment);
            if (content + contentLength > (ulong)note.Length)
            {
                return;
            }

            bool isXen = nameLength == 4 && LittleEndian.Read32(note, 12) == 0x006E_6558;
            if (isXen && LittleEndian.Read32(note, 8) == Physical32Entry && contentLength is 4 or 8)
            {
                HasPvhEntry = true;
                int start = (int)content;
                PvhEntry = contentLength == 8 ? LittleEndian.Read64(note, start) : LittleEndian.Read32(note, start);
                return;
            }

            offset += Align(content + contentLength, alignment);
        }
    }

    private static ulong Align(ulong value, int alignment) =>
        (value + (ulong)alignment - 1) & ~((ulong)alignment - 1);

    private static ElfImage? Fail(LoadSession session, string error)
    {
        _ = session.Fail(error);
        return null;
    }
}

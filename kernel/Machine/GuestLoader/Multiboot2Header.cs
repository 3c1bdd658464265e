// SPDX-License-Identifier: MIT
using System;

namespace Hypervisor.Machine.GuestLoader;

/// <summary>A multiboot 2 header (Multiboot2 Specification 2.0, section 3.1).</summary>
internal sealed class Multiboot2Header : MultibootHeader
{
    private const int SearchLength = 32768;
    private const int FixedLength = 16;
    private const int TagLength = 8;
    private const uint Magic = 0xE852_50D6;
    private const uint ArchitectureI386 = 0;
    private const ushort OptionalFlag = 1;

    // Tags.
    private const int End = 0;
    private const int InformationRequest = 1;
    private const int Address = 2;
    private const int EntryAddress = 3;
    private const int ConsoleFlags = 4;
    private const int FrameBuffer = 5;
    private const int ModuleAlignment = 6;
    private const int EfiEntry32 = 8;
    private const int EfiEntry64 = 9;
    private const int Relocatable = 10;

    /// <summary>The kinds of information that only firmware of the EFI kind has, as bits by number.</summary>
    private const uint EfiInformation = (1u << 11) | (1u << 12) | (1u << 17) | (1u << 18) | (1u << 19) | (1u << 20);
    private const uint LastInformation = 21;

    public bool IsRelocatable { get; private set; }

    /// <summary>Looks for the header where it may lie; null where there is none.</summary>
    public static Multiboot2Header? Find(ImageSource source)
    {
        ReadOnlySpan<byte> bytes = ImageReader.ReadUpTo(source, 0, SearchLength);
        for (int i = 0; i + FixedLength <= bytes.Length; i += 8)
        {
            if (LittleEndian.Read32(bytes, i) != Magic)
            {
                continue;
            }

            uint architecture = LittleEndian.Read32(bytes, i + 4);
            uint length = LittleEndian.Read32(bytes, i + 8);
            uint sum = unchecked(Magic + architecture + length + LittleEndian.Read32(bytes, i + 12));
            bool fits = length >= FixedLength && length <= (uint)(bytes.Length - i);
            if (sum == 0 && architecture == ArchitectureI386 && fits)
            {
                var header = new Multiboot2Header { Offset = (ulong)i };
                header.ReadTags(bytes.Slice(i, (int)length));
                return header;
            }
        }

        return null;
    }

    private void ReadTags(ReadOnlySpan<byte> header)
    {
        int offset = FixedLength;
        while (offset + TagLength <= header.Length && Refusal == null)
        {
            int type = LittleEndian.Read16(header, offset);
            bool optional = (LittleEndian.Read16(header, offset + 2) & OptionalFlag) != 0;
            uint size = LittleEndian.Read32(header, offset + 4);
            if (type == End)
            {
                return;
            }

            if (size < TagLength || size > (uint)(header.Length - offset))
            {
                Refusal = "the multiboot header is damaged";
                return;
            }

            ReadTag(type, optional, header.Slice(offset + TagLength, (int)size - TagLength));
            offset += ((int)size + 7) & ~7;
        }
    }

    private void ReadTag(int type, bool optional, ReadOnlySpan<byte> content)
    {
        switch (type)
        {
            case InformationRequest:
                CheckRequest(content, optional);
                break;
            case Address when content.Length >= 16:
                HasPlacement = true;
                Placement = FlatPlacement.Read(content);
                break;
            case EntryAddress when content.Length >= 4:
                HasEntry = true;
                Entry = LittleEndian.Read32(content, 0);
                break;
            case Relocatable:
                IsRelocatable = true;
                break;
            case ConsoleFlags or FrameBuffer or ModuleAlignment or EfiEntry32 or EfiEntry64:
                break;
            default:
                Refusal = optional ? null : "the multiboot header wants something that is not known here";
                break;
        }
    }

    /// <summary>
    /// A kernel that insists on information from EFI firmware, or on an unknown kind, cannot be started.
    /// </summary>
    private void CheckRequest(ReadOnlySpan<byte> kinds, bool optional)
    {
        for (int i = 0; i + 4 <= kinds.Length && !optional; i += 4)
        {
            uint kind = LittleEndian.Read32(kinds, i);
            if (kind > LastInformation || (EfiInformation & (1u << (int)kind)) != 0)
            {
                TextBuilder text = new TextBuilder().Append("the multiboot header insists on information of kind ");
                Refusal = text.Append((ulong)kind).Append(", which there is not").ToString();
                return;
            }
        }
    }
}

// SPDX-License-Identifier: MIT
using System;

namespace Hypervisor.Machine.GuestLoader;

/// <summary>A multiboot 1 header (Multiboot Specification 0.6.96, section 3.1).</summary>
internal sealed class Multiboot1Header : MultibootHeader
{
    private const int SearchLength = 8192;
    private const uint Magic = 0x1BAD_B002;
    private const uint AddressFlag = 1 << 16;

    /// <summary>Aligned modules, memory information, video mode (which is only a wish).</summary>
    private const uint KnownFlags = 7;
    private const uint MandatoryFlags = 0xFFFF;

    /// <summary>Looks for the header where it may lie; null where there is none.</summary>
    public static Multiboot1Header? Find(ImageSource source)
    {
        ReadOnlySpan<byte> bytes = ImageReader.ReadUpTo(source, 0, SearchLength);
        for (int i = 0; i + 12 <= bytes.Length; i += 4)
        {
            uint flags = LittleEndian.Read32(bytes, i + 4);
            uint sum = unchecked(LittleEndian.Read32(bytes, i) + flags + LittleEndian.Read32(bytes, i + 8));
            if (LittleEndian.Read32(bytes, i) == Magic && sum == 0
                && ((flags & AddressFlag) == 0 || i + 32 <= bytes.Length))
            {
                return Parse(bytes, i, flags);
            }
        }

        return null;
    }

    private static Multiboot1Header Parse(ReadOnlySpan<byte> bytes, int at, uint flags)
    {
        bool hasAddresses = (flags & AddressFlag) != 0;
        return new Multiboot1Header
        {
            Offset = (ulong)at,
            HasPlacement = hasAddresses,
            Placement = hasAddresses ? FlatPlacement.Read(bytes[(at + 12)..]) : default,
            HasEntry = hasAddresses,
            Entry = hasAddresses ? LittleEndian.Read32(bytes, at + 28) : 0,
            Refusal = (flags & MandatoryFlags & ~KnownFlags) != 0
                ? "the multiboot header wants something that is not known here"
                : null,
        };
    }
}

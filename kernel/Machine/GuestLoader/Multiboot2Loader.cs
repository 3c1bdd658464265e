// SPDX-License-Identifier: MIT
using System;
using Hypervisor.Machine.GuestTables;
using Hypervisor.Memory;

namespace Hypervisor.Machine.GuestLoader;

/// <summary>Loads a multiboot 2 kernel (Multiboot2 Specification 2.0, sections 3.3 to 3.6).</summary>
internal sealed class Multiboot2Loader : MultibootLoader
{
    private const int OldRsdpLength = 20;
    private const int RsdpLength = 36;

    // Tags of the information.
    private const uint EndTag = 0;
    private const uint CommandLineTag = 1;
    private const uint LoaderNameTag = 2;
    private const uint ModuleTag = 3;
    private const uint BasicMemoryTag = 4;
    private const uint MapTag = 6;
    private const uint OldRsdpTag = 14;
    private const uint RsdpTag = 15;
    private const uint LoadBaseTag = 21;

    private readonly Multiboot2Header _header;

    public Multiboot2Loader(LoadSession session, ElfImage? elf, Multiboot2Header header)
        : base(session, elf, header)
    {
        _header = header;
    }

    protected override ImageKind Kind => ImageKind.Multiboot2;

    protected override uint BootMagic => 0x36D7_6289;

    protected override bool TryWriteInformation()
    {
        MemoryMap map = Session.Request.Map;
        ByteWriter info = new ByteWriter().Write64(0);
        int tag = Begin(info, CommandLineTag);
        End(info.WriteText(Session.Request.CommandLine), tag);
        tag = Begin(info, LoaderNameTag);
        End(info.WriteText(LoaderName), tag);
        if (Session.InitrdLength != 0)
        {
            tag = Begin(info, ModuleTag);
            ulong start = Session.InitrdStart;
            _ = info.Write32((uint)start).Write32((uint)(start + Session.InitrdLength));
            End(info.WriteText(Session.Request.InitrdName), tag);
        }

        tag = Begin(info, BasicMemoryTag);
        End(info.Write32((uint)(map.Entries[0].Length >> 10)).Write32((uint)((map.LowRamEnd - 0x10_0000) >> 10)), tag);
        WriteMap(info, map.Entries);
        WriteRsdp(info, OldRsdpTag, OldRsdpLength);
        WriteRsdp(info, RsdpTag, RsdpLength);
        if (_header.IsRelocatable)
        {
            tag = Begin(info, LoadBaseTag);
            ulong loadBase = _header.HasPlacement ? _header.Placement.LoadStart : Elf!.LoadBase;
            End(info.Write32((uint)loadBase), tag);
        }

        End(info, Begin(info, EndTag));
        info.Patch32(0, (uint)info.Length);
        return info.Length <= BootArea.InformationLength
            ? Session.TryWrite(BootArea.Information, info.Written)
            : Session.Fail("the multiboot information is too long");
    }

    private static void WriteMap(ByteWriter info, ReadOnlySpan<MemoryMapEntry> map)
    {
        const uint EntryLength = 24;
        int tag = Begin(info, MapTag);
        _ = info.Write32(EntryLength).Write32(0);
        for (int i = 0; i < map.Length; i++)
        {
            _ = info.Write64(map[i].Start.Value).Write64(map[i].Length).Write32((uint)map[i].Kind).Write32(0);
        }

        End(info, tag);
    }

    /// <summary>A copy of the ACPI root pointer, as it lies in the guest's memory.</summary>
    private void WriteRsdp(ByteWriter info, uint type, int length)
    {
        byte[] copy = new byte[length];
        GuestPhysical rsdp = Session.Request.Rsdp;
        if (rsdp.Value != 0 && Session.Request.Memory.TryCopyIn(rsdp, copy))
        {
            int tag = Begin(info, type);
            End(info.Write(copy), tag);
        }
    }

    private static int Begin(ByteWriter info, uint type)
    {
        int start = info.Length;
        _ = info.Write32(type).Write32(0);
        return start;
    }

    /// <summary>Fills in the tag's length, which leaves out the padding behind it.</summary>
    private static void End(ByteWriter info, int tag)
    {
        info.Patch32(tag + 4, (uint)(info.Length - tag));
        _ = info.Align(8);
    }
}

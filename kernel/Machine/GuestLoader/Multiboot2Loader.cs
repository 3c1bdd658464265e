// SPDX-License-Identifier: MIT
using System;
using Hypervisor.Machine.GuestTables;
using Hypervisor.Memory;

namespace Hypervisor.Machine.GuestLoader;

/// <summary>Loads a multiboot 2 kernel (Multiboot2 Specification 2.0, sections 3.3 to 3.6).</summary>
internal sealed class Multiboot2Loader
{
    private const uint BootMagic = 0x36D7_6289;
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

    private readonly LoadSession _session;
    private readonly ElfImage? _elf;
    private readonly Multiboot2Header _header;

    public Multiboot2Loader(LoadSession session, ElfImage? elf, Multiboot2Header header)
    {
        _session = session;
        _elf = elf;
        _header = header;
    }

    public LoadResult Load()
    {
        if (_header.Refusal != null)
        {
            return new LoadResult(_header.Refusal);
        }

        if (!TryPlace(out ulong entry) || !_session.TryPlaceInitrd(uint.MaxValue) || !TryWriteInformation()
            || !_session.TryWriteDescriptors(false))
        {
            return _session.Failed();
        }

        if (!_session.Request.Map.IsRam(entry, 1) || entry > uint.MaxValue)
        {
            return new LoadResult("the kernel's entry lies outside of the guest's memory");
        }

        InitialCpuState state = InitialCpuState.Flat32(entry);
        state.Rax = BootMagic;
        state.Rbx = BootArea.Information;
        return new LoadResult(ImageKind.Multiboot2, state);
    }

    private bool TryPlace(out ulong entry)
    {
        entry = _header.Entry;
        if (_header.HasPlacement)
        {
            return (_header.HasEntry || _session.Fail("the multiboot header gives addresses but no entry"))
                && _header.Placement.TryPlace(_session, _header.Offset);
        }

        if (_elf == null)
        {
            return _session.Fail("the multiboot header gives no addresses, and the file is not ELF");
        }

        entry = _header.HasEntry ? _header.Entry : _elf.ToPhysical(_elf.Entry);
        return _elf.TryPlace(_session);
    }

    private bool TryWriteInformation()
    {
        MemoryMap map = _session.Request.Map;
        ByteWriter info = new ByteWriter().Write64(0);
        int tag = Begin(info, CommandLineTag);
        End(info.WriteText(_session.Request.CommandLine), tag);
        tag = Begin(info, LoaderNameTag);
        End(info.WriteText(MultibootNames.Loader), tag);
        if (_session.InitrdLength != 0)
        {
            tag = Begin(info, ModuleTag);
            ulong start = _session.InitrdStart;
            _ = info.Write32((uint)start).Write32((uint)(start + _session.InitrdLength));
            End(info.WriteText(_session.Request.InitrdName), tag);
        }

        tag = Begin(info, BasicMemoryTag);
        End(info.Write32((uint)(map.Entries[0].Length >> 10)).Write32((uint)((map.LowRamEnd - 0x10_0000) >> 10)), tag);
        WriteMap(info, map.Entries);
        WriteRsdp(info, OldRsdpTag, OldRsdpLength);
        WriteRsdp(info, RsdpTag, RsdpLength);
        if (_header.IsRelocatable)
        {
            tag = Begin(info, LoadBaseTag);
            ulong loadBase = _header.HasPlacement ? _header.Placement.LoadStart : _elf!.LoadBase;
            End(info.Write32((uint)loadBase), tag);
        }

        End(info, Begin(info, EndTag));
        info.Patch32(0, (uint)info.Length);
        return info.Length <= BootArea.InformationLength
            ? _session.TryWrite(BootArea.Information, info.Written)
            : _session.Fail("the multiboot information is too long");
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
        GuestPhysical rsdp = _session.Request.Rsdp;
        if (rsdp.Value != 0 && _session.Request.Memory.TryCopyIn(rsdp, copy))
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

// SPDX-License-Identifier: MIT
using System;
using Hypervisor.Machine.GuestTables;

namespace Hypervisor.Machine.GuestLoader;

/// <summary>Loads a multiboot 1 kernel (Multiboot Specification 0.6.96, sections 3.2 and 3.3).</summary>
internal sealed class Multiboot1Loader
{
    private const uint BootMagic = 0x2BAD_B002;

    /// <summary>Memory sizes, command line, modules, memory map, name of the loader.</summary>
    private const uint MemoryFlag = 1 << 0;
    private const uint CommandLineFlag = 1 << 2;
    private const uint ModulesFlag = 1 << 3;
    private const uint MapFlag = 1 << 6;
    private const uint NameFlag = 1 << 9;

    private const int InformationLength = 120;
    private const int MapOffset = 0x100;
    private const int ModuleOffset = 0x800;

    private readonly LoadSession _session;
    private readonly ElfImage? _elf;
    private readonly Multiboot1Header _header;

    public Multiboot1Loader(LoadSession session, ElfImage? elf, Multiboot1Header header)
    {
        _session = session;
        _elf = elf;
        _header = header;
    }

    public LoadResult Load()
    {
        if (_header.HasUnknownFlags)
        {
            return new LoadResult("the multiboot header wants something that is not known here");
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
        return new LoadResult(ImageKind.Multiboot1, state);
    }

    private bool TryPlace(out ulong entry)
    {
        entry = _header.Entry;
        if (_header.HasPlacement)
        {
            return _header.Placement.TryPlace(_session, _header.Offset);
        }

        if (_elf == null)
        {
            return _session.Fail("the multiboot header gives no addresses, and the file is not ELF");
        }

        entry = _elf.ToPhysical(_elf.Entry);
        return _elf.TryPlace(_session);
    }

    private bool TryWriteInformation()
    {
        ByteWriter tail = new ByteWriter().WriteZeroes(MapOffset);
        ReadOnlySpan<MemoryMapEntry> map = _session.Request.Map.Entries;
        for (int i = 0; i < map.Length; i++)
        {
            // The size counts what follows it.
            _ = tail.Write32(20).Write64(map[i].Start.Value).Write64(map[i].Length).Write32((uint)map[i].Kind);
        }

        uint mapLength = (uint)(tail.Length - MapOffset);
        _ = tail.WriteZeroes(ModuleOffset - tail.Length);
        uint start = (uint)_session.InitrdStart;
        _ = tail.Write32(start).Write32(start + (uint)_session.InitrdLength);
        _ = tail.Write32((uint)BootArea.Information + ModuleOffset + 0x10).Write32(0);
        _ = tail.WriteText(_session.Request.InitrdName);
        uint nameOffset = (uint)tail.Length;
        _ = tail.WriteText(MultibootNames.Loader);
        if (tail.Length > BootArea.InformationLength)
        {
            return _session.Fail("the module's name is too long");
        }

        bool hasModule = _session.InitrdLength != 0;
        ByteWriter info = new ByteWriter()
            .Write32(MemoryFlag | CommandLineFlag | ModulesFlag | MapFlag | NameFlag)
            .Write32((uint)(map[0].Length >> 10))
            .Write32((uint)((_session.Request.Map.LowRamEnd - 0x10_0000) >> 10))
            .Write32(0)
            .Write32((uint)BootArea.CommandLine)
            .Write32(hasModule ? 1u : 0)
            .Write32(hasModule ? (uint)BootArea.Information + ModuleOffset : 0)
            .WriteZeroes(16)
            .Write32(mapLength)
            .Write32((uint)BootArea.Information + MapOffset)
            .WriteZeroes(12)
            .Write32((uint)BootArea.Information + nameOffset);
        _ = info.WriteZeroes(InformationLength - info.Length);
        return _session.TryWrite(BootArea.Information, tail.Written)
            && _session.TryWrite(BootArea.Information, info.Written);
    }
}

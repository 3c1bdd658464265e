// SPDX-License-Identifier: MIT
using System;
using Hypervisor.Machine.GuestTables;

namespace Hypervisor.Machine.GuestLoader;

/// <summary>Loads a multiboot 1 kernel (Multiboot Specification 0.6.96, sections 3.2 and 3.3).</summary>
internal sealed class Multiboot1Loader : MultibootLoader
{
    /// <summary>Memory sizes, command line, modules, memory map, name of the loader.</summary>
    private const uint MemoryFlag = 1 << 0;
    private const uint CommandLineFlag = 1 << 2;
    private const uint ModulesFlag = 1 << 3;
    private const uint MapFlag = 1 << 6;
    private const uint NameFlag = 1 << 9;

    private const int InformationLength = 120;
    private const int MapOffset = 0x100;
    private const int ModuleOffset = 0x800;

    public Multiboot1Loader(LoadSession session, ElfImage? elf, Multiboot1Header header)
        : base(session, elf, header)
    {
    }

    protected override ImageKind Kind => ImageKind.Multiboot1;

    protected override uint BootMagic => 0x2BAD_B002;

    protected override bool TryWriteInformation()
    {
        ByteWriter tail = new ByteWriter().WriteZeroes(MapOffset);
        ReadOnlySpan<MemoryMapEntry> map = Session.Request.Map.Entries;
        for (int i = 0; i < map.Length; i++)
        {
            // The size counts what follows it.
            _ = tail.Write32(20).Write64(map[i].Start.Value).Write64(map[i].Length).Write32((uint)map[i].Kind);
        }

        uint mapLength = (uint)(tail.Length - MapOffset);
        _ = tail.WriteZeroes(ModuleOffset - tail.Length);
        uint start = (uint)Session.InitrdStart;
        _ = tail.Write32(start).Write32(start + (uint)Session.InitrdLength);
        _ = tail.Write32((uint)BootArea.Information + ModuleOffset + 0x10).Write32(0);
        _ = tail.WriteText(Session.Request.InitrdName);
        uint nameOffset = (uint)tail.Length;
        _ = tail.WriteText(LoaderName);
        if (tail.Length > BootArea.InformationLength)
        {
            return Session.Fail("the module's name is too long");
        }

        bool hasModule = Session.InitrdLength != 0;
        ByteWriter info = new ByteWriter()
            .Write32(MemoryFlag | CommandLineFlag | ModulesFlag | MapFlag | NameFlag)
            .Write32((uint)(map[0].Length >> 10))
            .Write32((uint)((Session.Request.Map.LowRamEnd - 0x10_0000) >> 10))
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
        return Session.TryWrite(BootArea.Information, tail.Written)
            && Session.TryWrite(BootArea.Information, info.Written);
    }
}

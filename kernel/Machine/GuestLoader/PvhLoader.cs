// SPDX-License-Identifier: MIT
using System;
using Hypervisor.Machine.GuestTables;

namespace Hypervisor.Machine.GuestLoader;

/// <summary>
/// Loads a PVH kernel (Xen: docs/misc/pvh.pandoc, public/arch-x86/hvm/start_info.h): 32-bit protected mode, EBX points
/// to the start info.
/// </summary>
internal sealed class PvhLoader
{
    private const uint Magic = 0x336E_C578;
    private const uint Version = 1;
    private const int ModuleOffset = 0x40;
    private const int MapOffset = 0x80;

    private readonly LoadSession _session;
    private readonly ElfImage _elf;

    public PvhLoader(LoadSession session, ElfImage elf)
    {
        _session = session;
        _elf = elf;
    }

    public LoadResult Load()
    {
        if (!_elf.TryPlace(_session) || !_session.TryPlaceInitrd(uint.MaxValue) || !TryWriteInformation()
            || !_session.TryWriteDescriptors(false))
        {
            return _session.Failed();
        }

        if (_elf.PvhEntry > uint.MaxValue || !_session.Request.Map.IsRam(_elf.PvhEntry, 1))
        {
            return new LoadResult("the PVH entry lies outside of the guest's memory");
        }

        InitialCpuState state = InitialCpuState.Flat32(_elf.PvhEntry);
        state.Rbx = BootArea.Information;
        return new LoadResult(ImageKind.Pvh, state);
    }

    private bool TryWriteInformation()
    {
        ReadOnlySpan<MemoryMapEntry> map = _session.Request.Map.Entries;
        bool hasModule = _session.InitrdLength != 0;
        ByteWriter info = new ByteWriter().Write32(Magic).Write32(Version).Write32(0);
        _ = info.Write32(hasModule ? 1u : 0)
            .Write64(hasModule ? BootArea.Information + ModuleOffset : 0)
            .Write64(BootArea.CommandLine)
            .Write64(_session.Request.Rsdp.Value)
            .Write64(BootArea.Information + MapOffset)
            .Write32((uint)map.Length)
            .Write32(0)
            .WriteZeroes(ModuleOffset - info.Length);
        _ = info.Write64(_session.InitrdStart).Write64(_session.InitrdLength).Write64(0).Write64(0);
        _ = info.WriteZeroes(MapOffset - info.Length);
        for (int i = 0; i < map.Length; i++)
        {
            _ = info.Write64(map[i].Start.Value).Write64(map[i].Length).Write32((uint)map[i].Kind).Write32(0);
        }

        return _session.TryWrite(BootArea.Information, info.Written);
    }
}

// SPDX-License-Identifier: MIT
using System;
using Hypervisor.Machine.GuestTables;
using Hypervisor.Memory;

namespace Hypervisor.Machine.GuestLoader;

/// <summary>
/// Loads a Linux bzImage: by its 64-bit entry, by the 32-bit one where it has no other
/// (Documentation/arch/x86/boot.rst; boot_params: zero-page.rst).
/// </summary>
internal sealed class LinuxLoader
{
    private const int BootParametersLength = 0x1000;
    private const int RsdpOffset = 0x70;
    private const int MapCountOffset = 0x1E8;
    private const int LoaderTypeOffset = 0x210;
    private const int InitrdStartOffset = 0x218;
    private const int InitrdLengthOffset = 0x21C;
    private const int CommandLineOffset = 0x228;
    private const int MapOffset = 0x2D0;
    private const int MapEntryLength = 20;

    /// <summary>"A loader without an assigned number".</summary>
    private const byte LoaderType = 0xFF;

    private const ulong Entry64Offset = 0x200;
    private const ulong LowestAddress = 0x10_0000;

    /// <summary>Present and writable; with a large page: maps 2 MiB (APM volume 2, 5.4).</summary>
    private const ulong TableEntry = 3;
    private const ulong LargeEntry = 0x83;

    private readonly LoadSession _session;

    public LinuxLoader(LoadSession session)
    {
        _session = session;
    }

    public LoadResult Load()
    {
        LinuxHeader? header = LinuxHeader.Parse(_session);
        if (header == null || !TryCheckCommandLine(header) || !TryPlaceKernel(header, out ulong address)
            || !_session.TryPlaceInitrd(header.InitrdLimit) || !TryWriteParameters(header)
            || !_session.TryWriteDescriptors(header.HasEntry64))
        {
            return _session.Failed();
        }

        if (!header.HasEntry64)
        {
            InitialCpuState state32 = InitialCpuState.Flat32(address);
            state32.Rsi = BootArea.Information;
            return new LoadResult(ImageKind.Linux32, state32);
        }

        if (!TryWritePageTables())
        {
            return _session.Failed();
        }

        InitialCpuState state = InitialCpuState.Flat64(address + Entry64Offset);
        state.Rsi = BootArea.Information;
        return new LoadResult(ImageKind.Linux64, state);
    }

    private bool TryCheckCommandLine(LinuxHeader header)
    {
        int length = Utf8Text.ToBytes(_session.Request.CommandLine).Length;
        if ((uint)length <= header.CommandLineLength)
        {
            return true;
        }

        TextBuilder text = new TextBuilder().Append("the command line has ").Append(length);
        _ = text.Append(" bytes; the kernel takes ").Append((ulong)header.CommandLineLength);
        return _session.Fail(text.ToString());
    }

    private bool TryPlaceKernel(LinuxHeader header, out ulong address)
    {
        ImageSource file = _session.Request.Kernel;
        address = 0;
        if (header.KernelOffset >= file.Length)
        {
            return _session.Fail("the file ends before the kernel begins");
        }

        ulong length = file.Length - header.KernelOffset;
        ulong size = Math.Max(length, header.InitialSize);
        if (!TryChooseAddress(header, size, out address))
        {
            TextBuilder text = new TextBuilder().Append("the kernel needs ").Append((size + 0xF_FFFF) >> 20);
            _ = text.Append("M from address 0x").AppendHexadecimal(header.PreferredAddress);
            return _session.Fail(text.Append("; give the guest more memory").ToString());
        }

        return _session.TryTake(address, size, "the kernel")
            && _session.TryCopy(file, header.KernelOffset, length, address, "the kernel");
    }

    /// <summary>The address that the kernel prefers, or the lowest one that it can be moved to.</summary>
    private bool TryChooseAddress(LinuxHeader header, ulong size, out ulong address)
    {
        MemoryMap map = _session.Request.Map;
        address = header.PreferredAddress;
        if (address >= LowestAddress && address <= uint.MaxValue && map.IsRam(address, size))
        {
            return true;
        }

        ulong mask = header.Alignment - 1;
        address = (LowestAddress + mask) & ~mask;
        return header.IsRelocatable && map.IsRam(address, size);
    }

    private bool TryWriteParameters(LinuxHeader header)
    {
        byte[] parameters = new byte[BootParametersLength];
        header.Bytes.Slice(LinuxHeader.Offset).CopyTo(parameters.AsSpan(LinuxHeader.Offset));
        LittleEndian.Write64(parameters, RsdpOffset, _session.Request.Rsdp.Value);
        parameters[LoaderTypeOffset] = LoaderType;
        LittleEndian.Write32(parameters, InitrdStartOffset, (uint)_session.InitrdStart);
        LittleEndian.Write32(parameters, InitrdLengthOffset, (uint)_session.InitrdLength);
        LittleEndian.Write32(parameters, CommandLineOffset, (uint)BootArea.CommandLine);
        ReadOnlySpan<MemoryMapEntry> map = _session.Request.Map.Entries;
        parameters[MapCountOffset] = (byte)map.Length;
        for (int i = 0; i < map.Length; i++)
        {
            int offset = MapOffset + (i * MapEntryLength);
            LittleEndian.Write64(parameters, offset, map[i].Start.Value);
            LittleEndian.Write64(parameters, offset + 8, map[i].Length);
            LittleEndian.Write32(parameters, offset + 16, (uint)map[i].Kind);
        }

        return _session.TryWrite(BootArea.Information, parameters);
    }

    /// <summary>Maps the first 4 GiB to themselves by pages of 2 MiB.</summary>
    private bool TryWritePageTables()
    {
        const int Directories = BootArea.PageTableCount - 2;
        byte[] tables = new byte[BootArea.PageTableCount * 0x1000];
        LittleEndian.Write64(tables, 0, (BootArea.PageTables + 0x1000) | TableEntry);
        for (int i = 0; i < Directories; i++)
        {
            ulong directory = BootArea.PageTables + 0x2000 + ((ulong)i * 0x1000);
            LittleEndian.Write64(tables, 0x1000 + (i * 8), directory | TableEntry);
        }

        for (int i = 0; i < Directories * 512; i++)
        {
            LittleEndian.Write64(tables, 0x2000 + (i * 8), ((ulong)i << 21) | LargeEntry);
        }

        return _session.TryWrite(BootArea.PageTables, tables);
    }
}

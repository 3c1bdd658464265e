// SPDX-License-Identifier: MIT
using System;
using Hypervisor.Guests.Kit;

namespace Hypervisor.Guests.Tests;

/// <summary>
/// What the loader promises. <c>protocol=NAME</c> on the command line says by which protocol the guest was to be
/// started; without it PVH.
/// </summary>
internal static class BootTests
{
    private const uint ProtectionEnable = 1;
    private const uint Paging = 1u << 31;
    private const uint TrapFlag = 1 << 8;
    private const uint InterruptFlag = 1 << 9;
    private const uint VirtualModeFlag = 1 << 17;
    private const ulong MiB = 1 << 20;
    private const string ProtocolWord = "protocol=";

    /// <summary>The first words of the module that the run gives.</summary>
    private static ReadOnlySpan<byte> ModuleText => "MIT License"u8;

    [GuestTest]
    internal static void Protocol()
    {
        BootProtocol expected = BootProtocol.Pvh;
        int word = GuestMachine.CommandLine.IndexOf(ProtocolWord);
        if (word >= 0)
        {
            ReadOnlySpan<char> name = GuestMachine.CommandLine.AsSpan(word + ProtocolWord.Length);
            expected = name.StartsWith("multiboot1") ? BootProtocol.Multiboot1
                : name.StartsWith("multiboot2") ? BootProtocol.Multiboot2
                : BootProtocol.Unknown;
        }
        Check.Equal((int)expected, (int)GuestMachine.Boot.Protocol, "protocol");
    }

    /// <summary>Protected mode, paging off, no interrupts, in the words of all three protocols.</summary>
    [GuestTest]
    internal static void EntryState()
    {
        EntryState entry = GuestMachine.Entry;
        Check.Equal(ProtectionEnable, entry.Cr0 & (ProtectionEnable | Paging), "CR0");
        Check.Equal(0, entry.Flags & (TrapFlag | InterruptFlag | VirtualModeFlag), "EFLAGS");
        Check.Equal(0, entry.Information & 3, "alignment of the information");
    }

    [GuestTest]
    internal static void MemoryMap()
    {
        MemoryMapEntry[] map = GuestMachine.Boot.Map;
        Check.That(map.Length >= 2, "no map");
        Check.That(LengthOfRamAt(map, 0) is > 512 << 10 and <= 640 << 10, "no conventional memory");
        Check.That(LengthOfRamAt(map, MiB) >= 32 * MiB, "no memory from 1 MiB on");
        for (int i = 1; i < map.Length; i++)
        {
            ulong end = map[i - 1].Address + map[i - 1].Length;
            Check.That(map[i].Address >= end, "entries overlap, or are out of order");
        }
    }

    /// <summary>The two sizes that multiboot tells beside the map are those of the map.</summary>
    [GuestTest]
    internal static void MemorySizes()
    {
        BootInformation boot = GuestMachine.Boot;
        if (boot.Protocol == BootProtocol.Pvh)
        {
            Check.Skip("PVH tells the map only");
        }
        Check.Equal(LengthOfRamAt(boot.Map, 0) >> 10, boot.LowerMemory, "lower memory");
        Check.Equal(LengthOfRamAt(boot.Map, MiB) >> 10, boot.UpperMemory, "upper memory");
        Check.That(boot.LoaderName.Length > 0, "the loader has no name");
    }

    /// <summary>The run gives the file LICENSE as the initial RAM disk.</summary>
    [GuestTest(OnlyByName = true)]
    internal static void Module()
    {
        BootInformation boot = GuestMachine.Boot;
        Check.Equal(1, boot.ModuleCount, "modules");
        Check.Equal(0, boot.ModuleStart & 0xfff, "alignment");
        Check.That(boot.ModuleBytes.AsSpan().StartsWith(ModuleText), "content");
        Check.That(boot.ModuleLength is > 1000 and < 2000, "length");
        Check.That(boot.ModuleStart + boot.ModuleLength <= MiB + LengthOfRamAt(boot.Map, MiB), "not in RAM");
        if (boot.Protocol != BootProtocol.Pvh)
        {
            Check.That(boot.ModuleName == "LICENSE", "name");
        }
    }

    private static ulong LengthOfRamAt(MemoryMapEntry[] map, ulong address)
    {
        foreach (MemoryMapEntry entry in map)
        {
            if (entry.Address == address && entry.Kind == MemoryMapEntry.Ram)
            {
                return entry.Length;
            }
        }
        return 0;
    }
}

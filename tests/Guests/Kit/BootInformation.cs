// SPDX-License-Identifier: MIT
using System;

namespace Hypervisor.Guests.Kit;

/// <summary>What a loader told, in no protocol's words: copied, because it may be overwritten.</summary>
internal sealed unsafe class BootInformation
{
    private const int MaxMapEntries = 32;
    private const int KeptOfModule = 64;

    internal BootProtocol Protocol { get; set; }

    internal string CommandLine { get; set; } = "";

    /// <summary>Multiboot: the loader's name for itself.</summary>
    internal string LoaderName { get; set; } = "";

    /// <summary>0 where the protocol does not tell it.</summary>
    internal ulong Rsdp { get; set; }

    internal MemoryMapEntry[] Map { get; set; } = [];

    /// <summary>Multiboot: KiB of memory from 0 and from 1 MiB on.</summary>
    internal uint LowerMemory { get; set; }

    internal uint UpperMemory { get; set; }

    internal int ModuleCount { get; set; }

    internal ulong ModuleStart { get; private set; }

    internal ulong ModuleLength { get; private set; }

    /// <summary>The module's first bytes.</summary>
    internal byte[] ModuleBytes { get; private set; } = [];

    /// <summary>Multiboot: its name.</summary>
    internal string ModuleName { get; set; } = "";

    internal void SetModule(ulong start, ulong length)
    {
        ModuleStart = start;
        ModuleLength = length;
        ModuleBytes = new ReadOnlySpan<byte>((void*)start, (int)Math.Min(length, KeptOfModule)).ToArray();
    }

    /// <summary>The first entries of a map whose entries are <paramref name="stride"/> bytes apart.</summary>
    internal void SetMap(ulong first, int count, int stride)
    {
        var map = new MemoryMapEntry[Math.Min(count, MaxMapEntries)];
        for (int index = 0; index < map.Length; index++)
        {
            byte* entry = (byte*)first + (index * stride);
            map[index].Address = *(ulong*)entry;
            map[index].Length = *(ulong*)(entry + 8);
            map[index].Kind = *(uint*)(entry + 16);
        }
        Map = map;
    }

    /// <summary>The text at an address, up to its zero.</summary>
    internal static string TextAt(ulong address)
    {
        var text = (byte*)address;
        int length = 0;
        while (text[length] != 0)
        {
            length++;
        }
        char[] chars = new char[length];
        for (int i = 0; i < length; i++)
        {
            chars[i] = (char)text[i];
        }
        return new string(chars);
    }
}

// SPDX-License-Identifier: MIT
using System;
using System.Runtime;
using System.Runtime.CompilerServices;
using Hypervisor.X64;

namespace Hypervisor.Guests.Kit;

/// <summary>What the loader told, kept before anything overwrites it.</summary>
internal static unsafe class GuestMachine
{
    private const int MaxMapEntries = 32;
    private const uint HypervisorLeaf = 0x40000000;
    private const uint HypervisorBit = 1u << 31;

    private static string s_commandLine = "";
    private static MemoryMapEntry[] s_map = [];
    private static ulong s_rsdp;

    internal static string CommandLine => s_commandLine;

    internal static ulong Rsdp => s_rsdp;

    internal static ReadOnlySpan<MemoryMapEntry> MemoryMap => s_map;

    /// <summary>True where a hypervisor in KVM's signature shows itself: ours, or KVM.</summary>
    internal static bool HasKvmInterface
    {
        get
        {
            if ((Instructions.Cpuid(1).Ecx & HypervisorBit) == 0)
            {
                return false;
            }
            CpuidResult leaf = Instructions.Cpuid(HypervisorLeaf);
            return leaf.Ebx == 0x4b4d564b && leaf.Ecx == 0x564b4d56 && leaf.Edx == 0x4d;
        }
    }

    internal static void Initialize(StartInfo* info)
    {
        if (info->Magic != StartInfo.ExpectedMagic)
        {
            GuestConsole.WriteLine("the loader gave no PVH start info");
            return;
        }
        s_rsdp = info->Rsdp;
        if (info->CommandLine != 0)
        {
            s_commandLine = TextAt((byte*)info->CommandLine);
        }
        if (info->Version >= 1 && info->MemoryMap != 0)
        {
            int count = (int)Math.Min(info->MemoryMapEntries, MaxMapEntries);
            s_map = new ReadOnlySpan<MemoryMapEntry>((void*)info->MemoryMap, count).ToArray();
        }
    }

    /// <summary>From here on a null reference faults. The loader's page 0 is gone.</summary>
    [MethodImpl(MethodImplOptions.InternalCall)]
    [RuntimeImport("*", "GuestDropPageZero")]
    internal static extern void DropPageZero();

    private static string TextAt(byte* text)
    {
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

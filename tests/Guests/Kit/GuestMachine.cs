// SPDX-License-Identifier: MIT
using System.Runtime;
using System.Runtime.CompilerServices;
using Hypervisor.X64;

namespace Hypervisor.Guests.Kit;

/// <summary>What the loader told, kept before anything overwrites it.</summary>
internal static unsafe class GuestMachine
{
    private const uint HypervisorLeaf = 0x40000000;
    private const uint HypervisorBit = 1u << 31;

    private static EntryState s_entry;

    /// <summary>The registers at the first instruction.</summary>
    internal static EntryState Entry => s_entry;

    internal static BootInformation Boot { get; } = new();

    internal static string CommandLine => Boot.CommandLine;

    internal static ulong Rsdp => Boot.Rsdp;

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

    /// <summary>The number behind <paramref name="word"/> on the command line, such as <c>tsc_khz=</c>.</summary>
    internal static ulong NumberOf(string word)
    {
        int at = CommandLine.IndexOf(word);
        Check.That(at >= 0, $"no {word}NUMBER on the command line");
        ulong number = 0;
        for (int i = at + word.Length; i < CommandLine.Length && CommandLine[i] is >= '0' and <= '9'; i++)
        {
            number = (number * 10) + (ulong)(CommandLine[i] - '0');
        }
        return number;
    }

    internal static void Initialize(EntryState* entry)
    {
        s_entry = *entry;
        var startInfo = (StartInfo*)entry->Information;
        if (entry->Magic == Multiboot1.Magic)
        {
            Multiboot1.Read(entry->Information, Boot);
        }
        else if (entry->Magic == Multiboot2.Magic)
        {
            Multiboot2.Read(entry->Information, Boot);
        }
        else if (startInfo->Magic == StartInfo.ExpectedMagic)
        {
            Pvh.Read(startInfo, Boot);
        }
        else
        {
            GuestConsole.WriteLine("the loader speaks neither PVH nor multiboot");
        }
    }

    /// <summary>From here on a null reference faults. The loader's page 0 is gone.</summary>
    [MethodImpl(MethodImplOptions.InternalCall)]
    [RuntimeImport("*", "GuestDropPageZero")]
    internal static extern void DropPageZero();
}

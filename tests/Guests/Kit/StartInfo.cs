// SPDX-License-Identifier: MIT
using System.Runtime.InteropServices;

namespace Hypervisor.Guests.Kit;

/// <summary>struct hvm_start_info of the PVH boot protocol, version 1.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct StartInfo
{
    internal const uint ExpectedMagic = 0x336ec578;

    internal uint Magic;
    internal uint Version;
    internal uint Flags;
    internal uint ModuleCount;
    internal ulong Modules;
    internal ulong CommandLine;
    internal ulong Rsdp;
    internal ulong MemoryMap;
    internal uint MemoryMapEntries;
    internal uint Reserved;
}

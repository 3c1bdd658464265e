// SPDX-License-Identifier: MIT
using System.Runtime.InteropServices;

namespace Hypervisor.Guests.Kit;

/// <summary>struct hvm_memmap_table_entry of the PVH boot protocol.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct MemoryMapEntry
{
    internal const uint Ram = 1;

    internal ulong Address;
    internal ulong Length;
    internal uint Kind;
    internal uint Reserved;
}

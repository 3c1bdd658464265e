// SPDX-License-Identifier: MIT
using System.Runtime.InteropServices;
using Hypervisor.Runtime;

namespace Hypervisor.Guests.Kit;

/// <summary>The registers at the guest's first instruction, kept by Entry.S.</summary>
[AssemblyOffsets("ENTRY")]
[ExpectedSize(16)]
[StructLayout(LayoutKind.Explicit, Size = 16)]
internal struct EntryState
{
    /// <summary>EAX: which multiboot it is.</summary>
    [FieldOffset(0)]
    internal uint Magic;

    /// <summary>EBX: the address of what the loader tells.</summary>
    [FieldOffset(4)]
    internal uint Information;

    [FieldOffset(8)]
    internal uint Cr0;

    [FieldOffset(12)]
    internal uint Flags;
}

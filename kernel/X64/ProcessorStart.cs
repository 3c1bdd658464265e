// SPDX-License-Identifier: MIT
using System.Runtime.InteropServices;
using Hypervisor.Runtime;

namespace Hypervisor.X64;

/// <summary>What a processor that starts loads before its first line of C# (boot/ApTrampoline.S).</summary>
[AssemblyOffsets("START")]
[ExpectedSize(24)]
[StructLayout(LayoutKind.Explicit, Size = 24)]
public struct ProcessorStart
{
    /// <summary>CR3: the physical address of the final tables.</summary>
    [FieldOffset(0)]
    public ulong Tables;

    /// <summary>The end of its stack, 16-byte aligned.</summary>
    [FieldOffset(8)]
    public ulong Stack;

    /// <summary>What GS points at: its context.</summary>
    [FieldOffset(16)]
    public ulong Context;
}

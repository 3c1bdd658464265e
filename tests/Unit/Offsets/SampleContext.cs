// SPDX-License-Identifier: MIT
using System.Runtime.InteropServices;
using Hypervisor.Runtime;

namespace Hypervisor.Unit.Offsets;

/// <summary>A struct that assembly would share, for <see cref="OffsetsTests"/>.</summary>
[AssemblyOffsets("SAMPLE")]
[ExpectedSize(24)]
[StructLayout(LayoutKind.Explicit, Size = 24)]
public struct SampleContext
{
    public const int NotAField = 7;

    [FieldOffset(0)]
    public ulong AllocationNext;

    [FieldOffset(8)]
    public uint R8;

    [FieldOffset(16)]
    public ulong GSBase;
}

// SPDX-License-Identifier: MIT
using System.Runtime.InteropServices;
using Hypervisor.Runtime;

namespace Hypervisor.Virtualization.Svm;

/// <summary>A segment register as the VMCB stores it (APM volume 2, table B-2).</summary>
[ExpectedSize(16)]
[StructLayout(LayoutKind.Explicit, Size = 16)]
public struct VmcbSegment
{
    [FieldOffset(0)]
    public ushort Selector;

    [FieldOffset(2)]
    public ushort Attributes;

    [FieldOffset(4)]
    public uint Limit;

    [FieldOffset(8)]
    public ulong Base;

    public static VmcbSegment From(in SegmentState state) => new()
    {
        Selector = state.Selector,
        Attributes = state.Attributes,
        Limit = state.Limit,
        Base = state.Base,
    };

    public readonly SegmentState ToState() => new(Selector, Base, Limit, Attributes);
}

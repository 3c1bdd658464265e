// SPDX-License-Identifier: MIT
using System.Runtime.CompilerServices;

namespace Hypervisor.Virtualization.Svm;

/// <summary>The segment registers of a VMCB, in its order (APM volume 2, table B-2).</summary>
[InlineArray(Count)]
internal struct VmcbSegments
{
    private const int Count = 10;

    private VmcbSegment _first;

    public static int IndexOf(SegmentRegister register) => register switch
    {
        SegmentRegister.Gdtr => 6,
        SegmentRegister.Ldtr => 7,
        SegmentRegister.Idtr => 8,
        SegmentRegister.Tr => 9,
        _ => (int)register,
    };
}

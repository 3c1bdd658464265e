// SPDX-License-Identifier: MIT
using Hypervisor.X64;

namespace Hypervisor.Virtualization.Vmx;

/// <summary>IA32_VMX_MISC (SDM volume 3, appendix A.6).</summary>
[Register(typeof(ulong))]
public readonly partial struct VmxMiscellaneous
{
    [Bits(4, 0)]
    public partial byte TimerShift { get; init; }

    /// <summary>Activity states that a guest can be entered in, from "halted" on.</summary>
    [Bits(8, 6)]
    public partial byte ActivityStates { get; init; }

    [Bits(24, 16)]
    public partial ushort Cr3Targets { get; init; }

    /// <summary>A software event may be injected for an instruction of no length.</summary>
    [Bit(30)]
    public partial bool AllowsNoLength { get; init; }
}

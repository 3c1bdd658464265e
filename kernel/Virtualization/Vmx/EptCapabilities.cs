// SPDX-License-Identifier: MIT
using Hypervisor.X64;

namespace Hypervisor.Virtualization.Vmx;

/// <summary>IA32_VMX_EPT_VPID_CAP: what EPT, INVEPT and INVVPID can do (SDM volume 3, appendix A.10).</summary>
[Register(typeof(ulong))]
public readonly partial struct EptCapabilities
{
    /// <summary>Entries that can only be executed, not read.</summary>
    [Bit(0)]
    public partial bool ExecuteOnly { get; init; }

    [Bit(6)]
    public partial bool FourLevels { get; init; }

    [Bit(7)]
    public partial bool FiveLevels { get; init; }

    /// <summary>The processor's own accesses to EPT tables may be uncached.</summary>
    [Bit(8)]
    public partial bool Uncached { get; init; }

    /// <summary>The processor's own accesses to EPT tables may be write-back.</summary>
    [Bit(14)]
    public partial bool WriteBack { get; init; }

    [Bit(16)]
    public partial bool Pages2M { get; init; }

    [Bit(17)]
    public partial bool Pages1G { get; init; }

    [Bit(20)]
    public partial bool Invept { get; init; }

    [Bit(21)]
    public partial bool AccessedDirty { get; init; }

    /// <summary>Pages of shadow stacks can be told from others.</summary>
    [Bit(23)]
    public partial bool ShadowStacks { get; init; }

    [Bit(25)]
    public partial bool InveptSingle { get; init; }

    [Bit(26)]
    public partial bool InveptAll { get; init; }

    [Bit(32)]
    public partial bool Invvpid { get; init; }

    [Bit(41)]
    public partial bool InvvpidSingle { get; init; }

    [Bit(42)]
    public partial bool InvvpidAll { get; init; }
}

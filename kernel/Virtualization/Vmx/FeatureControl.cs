// SPDX-License-Identifier: MIT
using Hypervisor.X64;

namespace Hypervisor.Virtualization.Vmx;

/// <summary>IA32_FEATURE_CONTROL: what the firmware allows until the next reset (SDM volume 3, 24.7).</summary>
[Register(typeof(ulong))]
public readonly partial struct FeatureControl
{
    [Bit(0)]
    public partial bool IsLocked { get; init; }

    [Bit(2)]
    public partial bool VmxOutsideSmx { get; init; }
}

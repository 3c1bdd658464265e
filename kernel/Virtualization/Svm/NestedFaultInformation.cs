// SPDX-License-Identifier: MIT
using Hypervisor.X64;

namespace Hypervisor.Virtualization.Svm;

/// <summary>EXITINFO1 of a nested page fault (APM volume 2, 15.25.6).</summary>
[Register(typeof(ulong))]
public readonly partial struct NestedFaultInformation
{
    [Bit(0)]
    public partial bool IsPresent { get; init; }

    [Bit(1)]
    public partial bool IsWrite { get; init; }

    [Bit(4)]
    public partial bool IsFetch { get; init; }

    /// <summary>The fault was met while the guest's page tables were walked, not at the final address.</summary>
    [Bit(33)]
    public partial bool IsPageWalk { get; init; }
}

// SPDX-License-Identifier: MIT
using Hypervisor.X64;

namespace Hypervisor.Virtualization.Vmx;

/// <summary>The exit qualification of an EPT violation (SDM volume 3, table 28-7).</summary>
[Register(typeof(ulong))]
public readonly partial struct EptViolation
{
    [Bit(0)]
    public partial bool IsRead { get; init; }

    [Bit(1)]
    public partial bool IsWrite { get; init; }

    [Bit(2)]
    public partial bool IsFetch { get; init; }

    /// <summary>What the entries on the way allowed: 0 where there is no mapping.</summary>
    [Bits(5, 3)]
    public partial byte Allowed { get; init; }

    /// <summary>The guest-linear address is known.</summary>
    [Bit(7)]
    public partial bool HasLinearAddress { get; init; }

    /// <summary>The access was to the final address, not to a page table of the guest.</summary>
    [Bit(8)]
    public partial bool IsFinal { get; init; }

    /// <summary>Blocking by NMI had ended with the IRET that was executing.</summary>
    [Bit(12)]
    public partial bool NmiUnblocked { get; init; }
}

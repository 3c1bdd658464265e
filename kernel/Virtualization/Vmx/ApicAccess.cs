// SPDX-License-Identifier: MIT
using Hypervisor.X64;

namespace Hypervisor.Virtualization.Vmx;

/// <summary>The exit qualification of an access to the APIC-access page (SDM volume 3, table 28-6).</summary>
[Register(typeof(ulong))]
public readonly partial struct ApicAccess
{
    public const byte LinearRead = 0;
    public const byte LinearWrite = 1;
    public const byte LinearFetch = 2;
    public const byte LinearDelivery = 3;

    /// <summary>Where in the page; only of an access that has a linear address.</summary>
    [Bits(11, 0)]
    public partial ushort Offset { get; init; }

    /// <summary>One of the four above; others are the processor's own, to the guest's page tables.</summary>
    [Bits(15, 12)]
    public partial byte Type { get; init; }
}

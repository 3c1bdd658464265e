// SPDX-License-Identifier: MIT
using Hypervisor.X64;

namespace Hypervisor.Virtualization.Vmx;

/// <summary>Debug exceptions that the guest has still to get (SDM volume 3, 25.4.2).</summary>
[Register(typeof(ulong))]
public readonly partial struct PendingDebug
{
    private const ulong Defined = 0x1_580F;
    private const ulong TransactionOnly = 0x1_1000;

    /// <summary>One bit for each breakpoint whose condition was met.</summary>
    [Bits(3, 0)]
    public partial byte Breakpoints { get; init; }

    [Bit(11)]
    public partial bool BusLock { get; init; }

    /// <summary>One of the breakpoints is armed.</summary>
    [Bit(12)]
    public partial bool IsArmed { get; init; }

    [Bit(14)]
    public partial bool SingleStep { get; init; }

    /// <summary>It came in a transaction of RTM with advanced debugging.</summary>
    [Bit(16)]
    public partial bool InTransaction { get; init; }

    public bool HasReserved => (Value & ~Defined) != 0;

    /// <summary>Bits 16 and 12 are set and no other is.</summary>
    public bool IsOnlyTransaction => Value == TransactionOnly;
}

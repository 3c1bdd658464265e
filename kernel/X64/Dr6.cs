// SPDX-License-Identifier: MIT
namespace Hypervisor.X64;

/// <summary>Debug register 6: what raised #DB. SDM 3B, 17.2.3.</summary>
[Register(typeof(ulong))]
public readonly partial struct Dr6
{
    /// <summary>The value after reset: the bits that read as one.</summary>
    public const ulong ResetValue = 0xffff_0ff0;

    /// <summary>One bit for each breakpoint whose condition was met.</summary>
    [Bits(3, 0)]
    public partial byte Breakpoints { get; init; }

    /// <summary>Zero where a bus lock raised it.</summary>
    [Bit(11)]
    public partial bool BusLockCleared { get; init; }

    [Bit(13)]
    public partial bool DebugRegisterAccess { get; init; }

    [Bit(14)]
    public partial bool SingleStep { get; init; }

    [Bit(15)]
    public partial bool TaskSwitch { get; init; }

    [Bit(16)]
    public partial bool TransactionCleared { get; init; }
}

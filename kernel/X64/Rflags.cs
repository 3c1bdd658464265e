// SPDX-License-Identifier: MIT
namespace Hypervisor.X64;

/// <summary>The flags register. SDM 1, 3.4.3.</summary>
[Register(typeof(ulong))]
public readonly partial struct Rflags
{
    [Bit(0)]
    public partial bool Carry { get; init; }

    [Bit(1)]
    public partial bool AlwaysOne { get; init; }

    [Bit(2)]
    public partial bool Parity { get; init; }

    [Bit(4)]
    public partial bool Auxiliary { get; init; }

    [Bit(6)]
    public partial bool Zero { get; init; }

    [Bit(7)]
    public partial bool Sign { get; init; }

    [Bit(8)]
    public partial bool Trap { get; init; }

    [Bit(9)]
    public partial bool Interrupt { get; init; }

    [Bit(10)]
    public partial bool Direction { get; init; }

    [Bit(11)]
    public partial bool Overflow { get; init; }

    [Bits(13, 12)]
    public partial byte IoPrivilege { get; init; }

    [Bit(14)]
    public partial bool NestedTask { get; init; }

    [Bit(16)]
    public partial bool Resume { get; init; }

    [Bit(17)]
    public partial bool Virtual8086 { get; init; }

    [Bit(18)]
    public partial bool AlignmentCheck { get; init; }

    [Bit(19)]
    public partial bool VirtualInterrupt { get; init; }

    [Bit(20)]
    public partial bool VirtualInterruptPending { get; init; }

    [Bit(21)]
    public partial bool Identification { get; init; }
}

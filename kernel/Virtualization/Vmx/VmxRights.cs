// SPDX-License-Identifier: MIT
using Hypervisor.X64;

namespace Hypervisor.Virtualization.Vmx;

/// <summary>The access rights of a segment register in a VMCS (SDM volume 3, table 25-2).</summary>
[Register(typeof(uint))]
public readonly partial struct VmxRights
{
    [Bits(3, 0)]
    public partial byte Type { get; init; }

    [Bit(4)]
    public partial bool IsCodeOrData { get; init; }

    [Bits(6, 5)]
    public partial byte PrivilegeLevel { get; init; }

    [Bit(7)]
    public partial bool IsPresent { get; init; }

    [Bits(11, 8)]
    public partial byte ReservedLow { get; init; }

    [Bit(13)]
    public partial bool IsLong { get; init; }

    [Bit(14)]
    public partial bool IsDefault32 { get; init; }

    [Bit(15)]
    public partial bool IsGranular { get; init; }

    [Bit(16)]
    public partial bool IsUnusable { get; init; }

    [Bits(31, 17)]
    public partial ushort ReservedHigh { get; init; }

    public bool HasReserved => ReservedLow != 0 || ReservedHigh != 0;
}

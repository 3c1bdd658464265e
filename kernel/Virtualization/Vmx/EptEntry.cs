// SPDX-License-Identifier: MIT
using Hypervisor.Memory;
using Hypervisor.X64;

namespace Hypervisor.Virtualization.Vmx;

/// <summary>An entry of Intel's nested page tables (SDM volume 3, 29.3.2).</summary>
[Register(typeof(ulong))]
public readonly partial struct EptEntry
{
    private const ulong AddressMask = 0x000F_FFFF_FFFF_F000;

    [Bit(0)]
    public partial bool IsReadable { get; init; }

    [Bit(1)]
    public partial bool IsWritable { get; init; }

    [Bit(2)]
    public partial bool IsExecutable { get; init; }

    /// <summary>The type of memory of a leaf: 6 is write-back. Reserved in an entry that points at a table.</summary>
    [Bits(5, 3)]
    public partial byte MemoryType { get; init; }

    /// <summary>A page of 2 MiB or 1 GiB.</summary>
    [Bit(7)]
    public partial bool IsLarge { get; init; }

    /// <summary>The frame or table, without the attribute bits.</summary>
    public HostPhysical Address => new(Value & AddressMask);

    /// <summary>This entry with the given address, a whole number of pages of its size.</summary>
    public EptEntry WithAddress(HostPhysical address) => new((Value & ~AddressMask) | (address.Value & AddressMask));
}

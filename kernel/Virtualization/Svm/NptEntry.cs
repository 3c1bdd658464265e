// SPDX-License-Identifier: MIT
using Hypervisor.Memory;
using Hypervisor.X64;

namespace Hypervisor.Virtualization.Svm;

/// <summary>
/// An entry of AMD's nested page tables, which are those of ordinary paging; nested walks are user accesses (APM volume
/// 2, 15.25.5).
/// </summary>
[Register(typeof(ulong))]
public readonly partial struct NptEntry
{
    private const ulong AddressMask = 0x000F_FFFF_FFFF_F000;

    [Bit(0)]
    public partial bool IsPresent { get; init; }

    [Bit(1)]
    public partial bool IsWritable { get; init; }

    [Bit(2)]
    public partial bool IsUser { get; init; }

    /// <summary>PS: a page of 2 MiB or 1 GiB.</summary>
    [Bit(7)]
    public partial bool IsLarge { get; init; }

    [Bit(63)]
    public partial bool NoExecute { get; init; }

    /// <summary>The frame or table, without the attribute bits.</summary>
    public HostPhysical Address => new(Value & AddressMask);

    /// <summary>This entry with the given address, a whole number of pages of its size.</summary>
    public NptEntry WithAddress(HostPhysical address) => new((Value & ~AddressMask) | (address.Value & AddressMask));
}

// SPDX-License-Identifier: MIT
namespace Hypervisor.Memory;

/// <summary>
/// One entry of the hypervisor's own page tables, at any level (Intel SDM volume 3, 4.5.4 "Linear-Address Translation
/// with 4-Level Paging"; AMD APM volume 2, 5.3).
/// </summary>
public readonly struct PageEntry
{
    private const ulong PresentBit = 1UL << 0;
    private const ulong WriteBit = 1UL << 1;
    private const ulong WriteThroughBit = 1UL << 3;
    private const ulong CacheDisableBit = 1UL << 4;
    private const ulong AccessedBit = 1UL << 5;
    private const ulong DirtyBit = 1UL << 6;
    private const ulong LargeBit = 1UL << 7;
    private const ulong NoExecuteBit = 1UL << 63;
    private const ulong AddressBits = 0x000f_ffff_ffff_f000;

    public readonly ulong Value;

    public PageEntry(ulong value)
    {
        Value = value;
    }

    public bool IsPresent => (Value & PresentBit) != 0;

    /// <summary>Maps a page of 2 MiB or 1 GiB; meaningful in the two middle levels.</summary>
    public bool IsLarge => (Value & LargeBit) != 0;

    public bool IsWritable => (Value & WriteBit) != 0;

    public bool IsExecutable => (Value & NoExecuteBit) == 0;

    /// <summary>
    /// PCD and PWT select entry 3 of the PAT, which is "uncacheable" after power-on and never changed by us.
    /// </summary>
    public bool IsDevice => (Value & (CacheDisableBit | WriteThroughBit)) == (CacheDisableBit | WriteThroughBit);

    /// <summary>The page, or the table of the level below.</summary>
    public HostPhysical Address => new(Value & AddressBits);

    /// <summary>An entry that leads to a table of the level below; rights are decided by the leaf alone.</summary>
    public static PageEntry Table(TablePage table) => new(table.Address.Value | PresentBit | WriteBit | AccessedBit);

    /// <summary>An entry that maps a page; <paramref name="large"/> in the levels of 2 MiB and 1 GiB pages.</summary>
    public static PageEntry Page(HostPhysical address, PageAccess access, bool large)
    {
        // Accessed and dirty from the start: we never read them, so the processor need not write them.
        ulong value = address.Value | PresentBit | AccessedBit | DirtyBit;
        value |= large ? LargeBit : 0;
        value |= (access & PageAccess.Write) != 0 ? WriteBit : 0;
        value |= (access & PageAccess.Execute) != 0 ? 0 : NoExecuteBit;
        value |= (access & PageAccess.Device) != 0 ? CacheDisableBit | WriteThroughBit : 0;
        return new PageEntry(value);
    }
}

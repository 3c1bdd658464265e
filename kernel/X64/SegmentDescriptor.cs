// SPDX-License-Identifier: MIT
namespace Hypervisor.X64;

/// <summary>A descriptor of the GDT: 8 bytes, the low half of the 16 of a system segment. SDM 3A, 3.4.5.</summary>
[Register(typeof(ulong))]
public readonly partial struct SegmentDescriptor
{
    [Bits(15, 0)]
    public partial ushort LimitLow { get; init; }

    [Bits(39, 16)]
    public partial uint BaseLow { get; init; }

    [Bits(43, 40)]
    public partial byte Type { get; init; }

    [Bit(44)]
    public partial bool IsCodeOrData { get; init; }

    [Bits(46, 45)]
    public partial byte Privilege { get; init; }

    [Bit(47)]
    public partial bool Present { get; init; }

    [Bits(51, 48)]
    public partial byte LimitHigh { get; init; }

    [Bit(52)]
    public partial bool Available { get; init; }

    [Bit(53)]
    public partial bool LongMode { get; init; }

    [Bit(54)]
    public partial bool DefaultSize32 { get; init; }

    [Bit(55)]
    public partial bool PageGranular { get; init; }

    [Bits(63, 56)]
    public partial byte BaseHigh { get; init; }

    /// <summary>64-bit code of privilege 0.</summary>
    public static SegmentDescriptor KernelCode =>
        new() { Type = 0xb, IsCodeOrData = true, Present = true, LongMode = true, PageGranular = true };

    /// <summary>Data of privilege 0: base 0, limit 4 GiB.</summary>
    public static SegmentDescriptor KernelData => new()
    {
        LimitLow = 0xffff,
        LimitHigh = 0xf,
        Type = 0x3,
        IsCodeOrData = true,
        Present = true,
        DefaultSize32 = true,
        PageGranular = true,
    };

    /// <summary>
    /// The low half of a 64-bit task-state segment's descriptor; the high half is bits 63:32 of the base.
    /// </summary>
    public static SegmentDescriptor TaskState(ulong segmentBase, int bytes) => new()
    {
        LimitLow = (ushort)(bytes - 1),
        BaseLow = (uint)segmentBase & 0xff_ffff,
        BaseHigh = (byte)(segmentBase >> 24),
        Type = 0x9,
        Present = true,
    };
}

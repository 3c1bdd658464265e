// SPDX-License-Identifier: MIT
namespace Hypervisor.Virtualization;

/// <summary>
/// A segment register with its hidden part, in no vendor's format. The attributes have the descriptor's own order with
/// the limit's bits taken out: type 3:0, S 4, DPL 6:5, P 7, AVL 8, L 9, D/B 10, G 11 (APM volume 2, 15.5.1).
/// </summary>
public readonly struct SegmentState
{
    /// <summary>The type nibble of a segment that the processor is to treat as absent.</summary>
    public const ushort Unusable = 0;

    /// <summary>Real-mode data: present, writable, accessed.</summary>
    public const ushort RealModeData = 0x93;

    /// <summary>Real-mode code: present, readable, accessed.</summary>
    public const ushort RealModeCode = 0x9B;

    /// <summary>Flat 32-bit code of ring 0, 4 KiB granularity.</summary>
    public const ushort FlatCode32 = 0xC9B;

    /// <summary>Flat 64-bit code of ring 0.</summary>
    public const ushort FlatCode64 = 0xA9B;

    /// <summary>Flat 32-bit data of ring 0, 4 KiB granularity.</summary>
    public const ushort FlatData = 0xC93;

    /// <summary>A busy 32-bit or 64-bit TSS.</summary>
    public const ushort BusyTaskState = 0x8B;

    /// <summary>A local descriptor table.</summary>
    public const ushort LocalDescriptorTable = 0x82;

    public readonly ulong Base;

    /// <summary>The limit in bytes, granularity applied.</summary>
    public readonly uint Limit;
    public readonly ushort Selector;
    public readonly ushort Attributes;

    public SegmentState(ushort selector, ulong @base, uint limit, ushort attributes)
    {
        Selector = selector;
        Base = @base;
        Limit = limit;
        Attributes = attributes;
    }

    public bool IsPresent => (Attributes & 0x80) != 0;

    /// <summary>The descriptor's privilege level, 0..3.</summary>
    public int PrivilegeLevel => (Attributes >> 5) & 3;

    /// <summary>Type bits 3:0; bit 3 of a code or data segment says that it is code.</summary>
    public int Type => Attributes & 0xF;

    /// <summary>True for code and data, false for system segments.</summary>
    public bool IsCodeOrData => (Attributes & 0x10) != 0;

    /// <summary>A data segment that may be written; in real mode this does not matter.</summary>
    public bool IsWritable => (Type & 0xA) == 2;

    /// <summary>
    /// True where the limit allows [offset, offset + size); a data segment that expands down ends at its limit from
    /// above (APM volume 2, 4.7.3).
    /// </summary>
    public bool Contains(ulong offset, int size)
    {
        const int ExpandDownMask = 0xC;
        const int ExpandDown = 4;
        ulong last = offset + (uint)size - 1;
        bool expandsDown = (Type & ExpandDownMask) == ExpandDown;
        return expandsDown
            ? offset > Limit && last <= (IsDefault32 ? uint.MaxValue : ushort.MaxValue)
            : last <= Limit;
    }

    /// <summary>L: a code segment of 64-bit mode.</summary>
    public bool IsLong => (Attributes & 0x200) != 0;

    /// <summary>D/B: 32-bit operands and addresses (code), 32-bit stack pointer (stack).</summary>
    public bool IsDefault32 => (Attributes & 0x400) != 0;
}

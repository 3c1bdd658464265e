// SPDX-License-Identifier: MIT
using System.Runtime.InteropServices;

namespace Hypervisor.Memory;

/// <summary>
/// What is known of one 4 KiB frame of a split block. The 512 records of a block fill one frame of that block, and the
/// record of that frame holds the list of free ones instead.
/// </summary>
[StructLayout(LayoutKind.Explicit, Size = 8)]
internal struct FrameRecord
{
    [FieldOffset(0)]
    public short Owner;

    [FieldOffset(2)]
    public FrameKind Kind;

    [FieldOffset(3)]
    public BlockFlags Flags;

    /// <summary>References to the frame; of a free one, the next free frame's index. None ends the list.</summary>
    [FieldOffset(4)]
    public ushort References;

    /// <summary>Transfers under way into the frame; in the header's record, how many frames are free.</summary>
    [FieldOffset(6)]
    public ushort Pins;

    /// <summary>The end of the list of free frames.</summary>
    public const ushort None = ushort.MaxValue;
}

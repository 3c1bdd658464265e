// SPDX-License-Identifier: MIT
using System.Runtime.InteropServices;

namespace Hypervisor.Memory;

/// <summary>What is known of one 2 MiB block of physical memory. 16 bytes: 8 MiB of records per TiB.</summary>
[StructLayout(LayoutKind.Explicit, Size = 16)]
internal struct BlockRecord
{
    /// <summary>Neighbours in the list of split blocks that have a free frame; -1 at the ends.</summary>
    [FieldOffset(0)]
    public int Next;

    [FieldOffset(4)]
    public int Previous;

    /// <summary>The VM slot that owns a whole block; -1 is the hypervisor.</summary>
    [FieldOffset(8)]
    public short Owner;

    /// <summary>
    /// The kind of a free or whole block; of a split one, the class of its frames: GuestRam or Kernel.
    /// </summary>
    [FieldOffset(10)]
    public FrameKind Kind;

    [FieldOffset(11)]
    public BlockFlags Flags;

    /// <summary>References to a whole block; of a split one, the index of the frame that holds its records.</summary>
    [FieldOffset(12)]
    public ushort References;

    /// <summary>Transfers of real devices under way into a whole block.</summary>
    [FieldOffset(14)]
    public ushort Pins;
}

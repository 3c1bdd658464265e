// SPDX-License-Identifier: MIT
namespace Hypervisor.Devices.Chipset;

/// <summary>One counter of the 8254.</summary>
public struct PitChannelState
{
    /// <summary>
    /// The initial count, 1..65536 (1..10000 in BCD); 0 until a count was written after the control word.
    /// </summary>
    public uint Count;

    /// <summary>
    /// Counting: when it began or went on, in the VM's nanoseconds, and the ticks counted before that.
    /// </summary>
    public ulong StartedAt;
    public ulong CountedBefore;
    public bool IsCounting;

    /// <summary>
    /// Modes 2 and 3: the count that was written while the counter ran, 0 for none, and the ticks at which it takes
    /// over.
    /// </summary>
    public uint NextCount;
    public ulong NextCountAt;

    /// <summary>Whole periods that had gone by when <see cref="Count"/> took over.</summary>
    public ulong EarlierPeriods;

    /// <summary>
    /// Control word: mode 0..5, binary-coded decimal, access (1 low byte, 2 high byte, 3 low then high).
    /// </summary>
    public byte Mode;
    public bool IsBcd;
    public byte Access;

    /// <summary>The level of the GATE input.</summary>
    public bool Gate;

    /// <summary>Access 3: the high byte is next, and the low byte that was written first.</summary>
    public bool ReadHighNext;
    public bool WriteHighNext;
    public byte WriteLow;

    /// <summary>Counter latch: bytes of <see cref="LatchedCount"/> still to be read, 0..2.</summary>
    public byte LatchedBytes;
    public ushort LatchedCount;
    public bool IsStatusLatched;
    public byte LatchedStatus;
}

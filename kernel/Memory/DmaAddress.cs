// SPDX-License-Identifier: MIT
namespace Hypervisor.Memory;

/// <summary>
/// An address as a real device uses it for DMA; equal to the host-physical one only where no IOMMU translates.
/// </summary>
public readonly struct DmaAddress
{
    /// <summary>The address as a number, in bytes.</summary>
    public readonly ulong Value;

    public DmaAddress(ulong value)
    {
        Value = value;
    }

    /// <summary>This address moved up by <paramref name="bytes"/>; overflow is a fault (OverflowException).</summary>
    public DmaAddress Add(ulong bytes) => new(checked(Value + bytes));

    /// <summary>As <see cref="Add"/>, for numbers that a guest chose: false where the sum overflows.</summary>
    public bool TryAdd(ulong bytes, out DmaAddress result)
    {
        ulong sum = unchecked(Value + bytes);
        result = new DmaAddress(sum);
        return sum >= Value;
    }

    /// <summary>The start of the block of <paramref name="size"/> bytes (a power of two) around this address.</summary>
    public DmaAddress AlignDown(ulong size) => new(Value & ~(size - 1));

    /// <summary>The offset within the block of <paramref name="size"/> bytes (a power of two).</summary>
    public ulong OffsetIn(ulong size) => Value & (size - 1);

    public static bool operator ==(DmaAddress left, DmaAddress right) => left.Value == right.Value;

    public static bool operator !=(DmaAddress left, DmaAddress right) => left.Value != right.Value;

    public static bool operator <(DmaAddress left, DmaAddress right) => left.Value < right.Value;

    public static bool operator >(DmaAddress left, DmaAddress right) => left.Value > right.Value;

    public static bool operator <=(DmaAddress left, DmaAddress right) => left.Value <= right.Value;

    public static bool operator >=(DmaAddress left, DmaAddress right) => left.Value >= right.Value;

    public override bool Equals(object? other) => other is DmaAddress address && address.Value == Value;

    public override int GetHashCode() => Value.GetHashCode();
}

// SPDX-License-Identifier: MIT
namespace Hypervisor.Memory;

/// <summary>An address as a guest's program uses it: translated by the guest's own page tables.</summary>
public readonly struct GuestVirtual
{
    /// <summary>The address as a number, in bytes.</summary>
    public readonly ulong Value;

    public GuestVirtual(ulong value)
    {
        Value = value;
    }

    /// <summary>This address moved up by <paramref name="bytes"/>; overflow is a fault (OverflowException).</summary>
    public GuestVirtual Add(ulong bytes) => new(checked(Value + bytes));

    /// <summary>As <see cref="Add"/>, for numbers that a guest chose: false where the sum overflows.</summary>
    public bool TryAdd(ulong bytes, out GuestVirtual result)
    {
        ulong sum = unchecked(Value + bytes);
        result = new GuestVirtual(sum);
        return sum >= Value;
    }

    /// <summary>The start of the block of <paramref name="size"/> bytes (a power of two) around this address.</summary>
    public GuestVirtual AlignDown(ulong size) => new(Value & ~(size - 1));

    /// <summary>The offset within the block of <paramref name="size"/> bytes (a power of two).</summary>
    public ulong OffsetIn(ulong size) => Value & (size - 1);

    public static bool operator ==(GuestVirtual left, GuestVirtual right) => left.Value == right.Value;

    public static bool operator !=(GuestVirtual left, GuestVirtual right) => left.Value != right.Value;

    public static bool operator <(GuestVirtual left, GuestVirtual right) => left.Value < right.Value;

    public static bool operator >(GuestVirtual left, GuestVirtual right) => left.Value > right.Value;

    public static bool operator <=(GuestVirtual left, GuestVirtual right) => left.Value <= right.Value;

    public static bool operator >=(GuestVirtual left, GuestVirtual right) => left.Value >= right.Value;

    public override bool Equals(object? other) => other is GuestVirtual address && address.Value == Value;

    public override int GetHashCode() => Value.GetHashCode();
}

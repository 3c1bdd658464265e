// SPDX-License-Identifier: MIT
namespace Hypervisor.Memory;

/// <summary>An address in a guest's physical address space.</summary>
public readonly struct GuestPhysical
{
    /// <summary>The address as a number, in bytes.</summary>
    public readonly ulong Value;

    public GuestPhysical(ulong value)
    {
        Value = value;
    }

    /// <summary>This address moved up by <paramref name="bytes"/>; overflow is a fault (OverflowException).</summary>
    public GuestPhysical Add(ulong bytes) => new(checked(Value + bytes));

    /// <summary>As <see cref="Add"/>, for numbers that a guest chose: false where the sum overflows.</summary>
    public bool TryAdd(ulong bytes, out GuestPhysical result)
    {
        ulong sum = unchecked(Value + bytes);
        result = new GuestPhysical(sum);
        return sum >= Value;
    }

    /// <summary>The start of the block of <paramref name="size"/> bytes (a power of two) around this address.</summary>
    public GuestPhysical AlignDown(ulong size) => new(Value & ~(size - 1));

    /// <summary>The offset within the block of <paramref name="size"/> bytes (a power of two).</summary>
    public ulong OffsetIn(ulong size) => Value & (size - 1);

    public static bool operator ==(GuestPhysical left, GuestPhysical right) => left.Value == right.Value;

    public static bool operator !=(GuestPhysical left, GuestPhysical right) => left.Value != right.Value;

    public static bool operator <(GuestPhysical left, GuestPhysical right) => left.Value < right.Value;

    public static bool operator >(GuestPhysical left, GuestPhysical right) => left.Value > right.Value;

    public static bool operator <=(GuestPhysical left, GuestPhysical right) => left.Value <= right.Value;

    public static bool operator >=(GuestPhysical left, GuestPhysical right) => left.Value >= right.Value;

    public override bool Equals(object? other) => other is GuestPhysical address && address.Value == Value;

    public override int GetHashCode() => Value.GetHashCode();
}

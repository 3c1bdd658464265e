// SPDX-License-Identifier: MIT
namespace System;

public readonly struct Index : IEquatable<Index>
{
    private readonly int _value;

    public Index(int value, bool fromEnd = false)
    {
        if (value < 0)
        {
            Hypervisor.Runtime.ThrowHelper.ArgumentOutOfRange();
        }
        _value = fromEnd ? ~value : value;
    }

    private Index(int value)
    {
        _value = value;
    }

    public static Index Start => new(0);

    public static Index End => new(~0);

    public int Value => _value < 0 ? ~_value : _value;

    public bool IsFromEnd => _value < 0;

    public static Index FromStart(int value) => new(value, false);

    public static Index FromEnd(int value) => new(value, true);

    public int GetOffset(int length) => _value < 0 ? _value + length + 1 : _value;

    public bool Equals(Index other) => _value == other._value;

    public override bool Equals(object? value) => value is Index other && _value == other._value;

    public override int GetHashCode() => _value;

    public static implicit operator Index(int value) => FromStart(value);
}

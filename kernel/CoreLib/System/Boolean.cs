// SPDX-License-Identifier: MIT
namespace System;

public readonly struct Boolean : IComparable<bool>, IEquatable<bool>
{
    public static readonly string TrueString = "True";
    public static readonly string FalseString = "False";

    private readonly bool _value;

    public int CompareTo(bool value) => _value == value ? 0 : _value ? 1 : -1;

    public bool Equals(bool obj) => _value == obj;

    public override bool Equals(object? obj) => obj is bool other && _value == other;

    public override int GetHashCode() => _value ? 1 : 0;

    public override string ToString() => _value ? "True" : "False";
}

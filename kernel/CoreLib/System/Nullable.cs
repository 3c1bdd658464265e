// SPDX-License-Identifier: MIT
namespace System;

public struct Nullable<T>
    where T : struct
{
    private readonly bool _hasValue;
    internal T _value;

    public Nullable(T value)
    {
        _value = value;
        _hasValue = true;
    }

    public readonly bool HasValue => _hasValue;

    public readonly T Value
    {
        get
        {
            if (!_hasValue)
            {
                Hypervisor.Runtime.ThrowHelper.InvalidOperation();
            }
            return _value;
        }
    }

    public readonly T GetValueOrDefault() => _value;

    public readonly T GetValueOrDefault(T defaultValue) => _hasValue ? _value : defaultValue;

    public override bool Equals(object? other) => _hasValue ? other is not null && _value.Equals(other) : other is null;

    public override int GetHashCode() => _hasValue ? _value.GetHashCode() : 0;

    public override string? ToString() => _hasValue ? _value.ToString() : "";

    public static implicit operator T?(T value) => new Nullable<T>(value);

    public static explicit operator T(T? value) => value!.Value;
}

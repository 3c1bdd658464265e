// SPDX-License-Identifier: MIT
namespace System;

public struct Nullable<T>
    where T : struct
{
    private readonly bool _hasValue;

    // Known to ilc by this name.
    internal T value;

    public Nullable(T value)
    {
        this.value = value;
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
            return value;
        }
    }

    public readonly T GetValueOrDefault() => value;

    public readonly T GetValueOrDefault(T defaultValue) => _hasValue ? value : defaultValue;

    public override bool Equals(object? other) => _hasValue ? other is not null && value.Equals(other) : other is null;

    public override int GetHashCode() => _hasValue ? value.GetHashCode() : 0;

    public override string? ToString() => _hasValue ? value.ToString() : "";

    public static implicit operator T?(T value) => new Nullable<T>(value);

    public static explicit operator T(T? value) => value!.Value;
}

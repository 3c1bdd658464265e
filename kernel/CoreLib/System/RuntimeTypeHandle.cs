// SPDX-License-Identifier: MIT
namespace System;

/// <summary>Where a type's method table lies. ilc loads the number directly, so it is the only field.</summary>
public readonly struct RuntimeTypeHandle
{
    private readonly nint _value;

    internal RuntimeTypeHandle(nint value)
    {
        _value = value;
    }

    public nint Value => _value;
}

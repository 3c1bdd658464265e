// SPDX-License-Identifier: MIT
namespace System;

/// <summary>Exists for the compiler: the kernel computes with integers.</summary>
public readonly struct Single
{
    private readonly float _value;
}

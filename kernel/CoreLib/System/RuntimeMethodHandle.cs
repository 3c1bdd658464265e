// SPDX-License-Identifier: MIT
namespace System;

public readonly struct RuntimeMethodHandle
{
    private readonly nint _value;

    public nint Value => _value;
}

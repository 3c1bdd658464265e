// SPDX-License-Identifier: MIT
namespace System;

public readonly struct RuntimeFieldHandle
{
    private readonly nint _value;

    public nint Value => _value;
}

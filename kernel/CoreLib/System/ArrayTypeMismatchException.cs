// SPDX-License-Identifier: MIT
using Hypervisor.Runtime;

namespace System;

public class ArrayTypeMismatchException : SystemException
{
    public ArrayTypeMismatchException()
        : base("Array type mismatch.")
    {
    }

    public ArrayTypeMismatchException(string? message)
        : base(message)
    {
    }

    internal override FaultKind Kind => FaultKind.ArrayTypeMismatch;
}

// SPDX-License-Identifier: MIT
using Hypervisor.Runtime;

namespace System;

public class InvalidCastException : SystemException
{
    public InvalidCastException()
        : base("Invalid cast.")
    {
    }

    public InvalidCastException(string? message)
        : base(message)
    {
    }

    internal override FaultKind Kind => FaultKind.InvalidCast;
}

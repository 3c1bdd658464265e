// SPDX-License-Identifier: MIT
using Hypervisor.Runtime;

namespace System;

public class InvalidOperationException : SystemException
{
    public InvalidOperationException()
        : base("The operation is not valid now.")
    {
    }

    public InvalidOperationException(string? message)
        : base(message)
    {
    }

    internal override FaultKind Kind => FaultKind.InvalidOperation;
}

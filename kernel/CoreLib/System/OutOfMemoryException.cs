// SPDX-License-Identifier: MIT
using Hypervisor.Runtime;

namespace System;

public class OutOfMemoryException : SystemException
{
    public OutOfMemoryException()
        : base("Out of memory.")
    {
    }

    public OutOfMemoryException(string? message)
        : base(message)
    {
    }

    internal override FaultKind Kind => FaultKind.OutOfMemory;
}

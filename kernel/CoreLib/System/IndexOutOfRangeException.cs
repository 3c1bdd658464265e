// SPDX-License-Identifier: MIT
using Hypervisor.Runtime;

namespace System;

public class IndexOutOfRangeException : SystemException
{
    public IndexOutOfRangeException()
        : base("Index out of range.")
    {
    }

    public IndexOutOfRangeException(string? message)
        : base(message)
    {
    }

    internal override FaultKind Kind => FaultKind.IndexOutOfRange;
}

// SPDX-License-Identifier: MIT
using Hypervisor.Runtime;

namespace System;

public class NullReferenceException : SystemException
{
    public NullReferenceException()
        : base("Null reference.")
    {
    }

    public NullReferenceException(string? message)
        : base(message)
    {
    }

    internal override FaultKind Kind => FaultKind.NullReference;
}

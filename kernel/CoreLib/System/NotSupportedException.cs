// SPDX-License-Identifier: MIT
using Hypervisor.Runtime;

namespace System;

public class NotSupportedException : SystemException
{
    public NotSupportedException()
        : base("Not supported.")
    {
    }

    public NotSupportedException(string? message)
        : base(message)
    {
    }

    internal override FaultKind Kind => FaultKind.NotSupported;
}

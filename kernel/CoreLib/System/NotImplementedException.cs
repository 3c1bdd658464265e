// SPDX-License-Identifier: MIT
using Hypervisor.Runtime;

namespace System;

public class NotImplementedException : SystemException
{
    public NotImplementedException()
        : base("Not implemented.")
    {
    }

    public NotImplementedException(string? message)
        : base(message)
    {
    }

    internal override FaultKind Kind => FaultKind.NotSupported;
}

// SPDX-License-Identifier: MIT
using Hypervisor.Runtime;

namespace System;

public class FormatException : SystemException
{
    public FormatException()
        : base("The text has a wrong form.")
    {
    }

    public FormatException(string? message)
        : base(message)
    {
    }

    internal override FaultKind Kind => FaultKind.Argument;
}

// SPDX-License-Identifier: MIT
using Hypervisor.Runtime;

namespace System;

public class ArgumentException : SystemException
{
    public ArgumentException()
        : base("An argument is not valid.")
    {
    }

    public ArgumentException(string? message)
        : base(message)
    {
    }

    public ArgumentException(string? message, string? paramName)
        : base(message)
    {
        ParamName = paramName;
    }

    public virtual string? ParamName { get; }

    internal override FaultKind Kind => FaultKind.Argument;
}

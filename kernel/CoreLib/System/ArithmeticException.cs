// SPDX-License-Identifier: MIT
using Hypervisor.Runtime;

namespace System;

public class ArithmeticException : SystemException
{
    public ArithmeticException()
        : base("Arithmetic fault.")
    {
    }

    public ArithmeticException(string? message)
        : base(message)
    {
    }

    internal override FaultKind Kind => FaultKind.Overflow;
}

// SPDX-License-Identifier: MIT
using Hypervisor.Runtime;

namespace System;

public class DivideByZeroException : ArithmeticException
{
    public DivideByZeroException()
        : base("Division by zero.")
    {
    }

    public DivideByZeroException(string? message)
        : base(message)
    {
    }

    internal override FaultKind Kind => FaultKind.DivideByZero;
}

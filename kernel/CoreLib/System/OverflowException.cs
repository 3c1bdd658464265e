// SPDX-License-Identifier: MIT
namespace System;

public class OverflowException : ArithmeticException
{
    public OverflowException()
        : base("Overflow.")
    {
    }

    public OverflowException(string? message)
        : base(message)
    {
    }
}

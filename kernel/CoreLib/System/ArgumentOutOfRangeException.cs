// SPDX-License-Identifier: MIT
namespace System;

public class ArgumentOutOfRangeException : ArgumentException
{
    public ArgumentOutOfRangeException()
        : base("An argument is out of range.")
    {
    }

    public ArgumentOutOfRangeException(string? paramName)
        : base("An argument is out of range.", paramName)
    {
    }

    public ArgumentOutOfRangeException(string? paramName, string? message)
        : base(message, paramName)
    {
    }

    public ArgumentOutOfRangeException(string? paramName, object? actualValue, string? message)
        : base(message, paramName)
    {
        ActualValue = actualValue;
    }

    public virtual object? ActualValue { get; }
}

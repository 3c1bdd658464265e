// SPDX-License-Identifier: MIT
namespace System;

public class ArgumentNullException : ArgumentException
{
    public ArgumentNullException()
        : base("An argument is null.")
    {
    }

    public ArgumentNullException(string? paramName)
        : base("An argument is null.", paramName)
    {
    }

    public ArgumentNullException(string? paramName, string? message)
        : base(message, paramName)
    {
    }
}

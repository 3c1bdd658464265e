// SPDX-License-Identifier: MIT
namespace System;

public class ApplicationException : Exception
{
    public ApplicationException()
        : base("Application error.")
    {
    }

    public ApplicationException(string? message)
        : base(message)
    {
    }
}

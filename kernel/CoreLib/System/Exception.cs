// SPDX-License-Identifier: MIT
using Hypervisor.Runtime;

namespace System;

/// <summary>Nothing is caught here: a throw is a contained fault (see FaultBoundary), whatever its type.</summary>
public class Exception
{
    private readonly string? _message;

    public Exception()
    {
    }

    public Exception(string? message)
    {
        _message = message;
    }

    public Exception(string? message, Exception? innerException)
    {
        _message = message;
        InnerException = innerException;
    }

    public virtual string Message => _message ?? "Exception.";

    public Exception? InnerException { get; }

    internal virtual FaultKind Kind => FaultKind.Exception;

    public override string ToString() => Message;
}

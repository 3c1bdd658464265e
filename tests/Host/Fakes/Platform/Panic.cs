// SPDX-License-Identifier: MIT
using System;
using System.Diagnostics.CodeAnalysis;

namespace Hypervisor.Platform;

/// <summary>The host flavour's panic: an exception that no boundary takes for a contained fault of its own.</summary>
public static class Panic
{
    public static bool IsActive => false;

    [DoesNotReturn]
    public static void Halt(string reason) => throw new InvalidOperationException(reason);

    [DoesNotReturn]
    public static void Contained(string reason, Runtime.FaultKind kind, FaultTrace trace) =>
        throw new InvalidOperationException(reason);

    internal static void Park() => throw new System.InvalidOperationException("parked");
}

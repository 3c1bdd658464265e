// SPDX-License-Identifier: MIT
using System.Diagnostics.CodeAnalysis;

namespace Hypervisor.Runtime;

/// <summary>The short ways into a fault: nothing is allocated, nothing is unwound by hand.</summary>
internal static class ThrowHelper
{
    [DoesNotReturn]
    internal static void Fault(FaultKind kind)
    {
        RuntimeImports.Fault((int)kind, 0);
        while (true)
        {
        }
    }

    [DoesNotReturn]
    internal static void IndexOutOfRange() => Fault(FaultKind.IndexOutOfRange);

    [DoesNotReturn]
    internal static void Argument() => Fault(FaultKind.Argument);

    [DoesNotReturn]
    internal static void ArgumentOutOfRange() => Fault(FaultKind.Argument);

    [DoesNotReturn]
    internal static void InvalidOperation() => Fault(FaultKind.InvalidOperation);

    [DoesNotReturn]
    internal static void Format() => Fault(FaultKind.Argument);

    [DoesNotReturn]
    internal static T NotSupported<T>()
    {
        Fault(FaultKind.NotSupported);
        return default!;
    }

    /// <summary>False for an array of a more derived type, which a span of T must not hand out for writing.</summary>
    internal static unsafe bool IsArrayOf<T>(T[] array) =>
        array.m_pEEType == Internal.Runtime.MethodTable.Of<T[]>();
}

// SPDX-License-Identifier: MIT
using System;

namespace Hypervisor.Runtime;

/// <summary>
/// The host flavour's fault boundary: a fault is an exception of the framework, and catching it contains it.
/// </summary>
public static class FaultBoundary
{
    [ThreadStatic]
    private static int s_depth;

    /// <summary>True where the running context has a boundary to unwind to.</summary>
    public static bool IsActive => s_depth > 0;

    /// <summary>
    /// Invokes <paramref name="call"/>: None where it returned, or the kind of the fault that ended it.
    /// </summary>
    public static FaultKind Run(ContainedCall call)
    {
        s_depth++;
        try
        {
            call.Invoke();
            return FaultKind.None;
        }
        catch (ContainedFault fault)
        {
            return fault.Kind;
        }
        catch (Exception exception)
        {
            return KindOf(exception);
        }
        finally
        {
            s_depth--;
        }
    }

    /// <summary>Leaves to the innermost boundary.</summary>
    [System.Diagnostics.CodeAnalysis.DoesNotReturn]
    public static void Unwind(FaultKind kind) => throw new ContainedFault(kind);

    private static FaultKind KindOf(Exception exception) => exception switch
    {
        IndexOutOfRangeException => FaultKind.IndexOutOfRange,
        NullReferenceException => FaultKind.NullReference,
        InvalidCastException => FaultKind.InvalidCast,
        OverflowException => FaultKind.Overflow,
        DivideByZeroException => FaultKind.DivideByZero,
        OutOfMemoryException => FaultKind.OutOfMemory,
        ArrayTypeMismatchException => FaultKind.ArrayTypeMismatch,
        ArgumentException or FormatException => FaultKind.Argument,
        InvalidOperationException => FaultKind.InvalidOperation,
        NotSupportedException or NotImplementedException => FaultKind.NotSupported,
        _ => FaultKind.Exception,
    };
}

// SPDX-License-Identifier: MIT
using System.Diagnostics.CodeAnalysis;
using System.Runtime;

namespace Hypervisor.Runtime;

/// <summary>
/// Runs code so that its fault ends it and nobody else. Boundaries nest; each context has a stack of its own of them.
/// </summary>
public static unsafe class FaultBoundary
{
    /// <summary>
    /// Where a trap handler sends a faulted context: with RDI = the kind and any stack, interrupts off. Does the same
    /// as <see cref="Unwind"/>.
    /// </summary>
    public static nint UnwindAddress => RuntimeImports.UnwindAddress();

    /// <summary>True where the running context has a boundary to unwind to.</summary>
    public static bool IsActive => ProcessorContext.Current->Recovery != null;

    /// <summary>
    /// Runs <paramref name="call"/>: None when it returned, the fault's kind when it was unwound. In the latter case
    /// the interrupt flag, the counts of locks and the region are again what they were; a region that was left in
    /// between keeps the allocation position that it had when it was left.
    /// </summary>
    public static FaultKind Run(ContainedCall call) => (FaultKind)RuntimeImports.Contain(call);

    /// <summary>Ends the innermost boundary's call with <paramref name="kind"/>. Never returns.</summary>
    [DoesNotReturn]
    public static void Unwind(FaultKind kind)
    {
        RuntimeImports.Unwind((int)kind);
        while (true)
        {
        }
    }

    [RuntimeExport("HvInvokeContained")]
    private static void InvokeContained(ContainedCall call) => call.Invoke();
}

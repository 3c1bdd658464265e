// SPDX-License-Identifier: MIT
using System.Diagnostics.CodeAnalysis;

namespace Hypervisor.Runtime;

/// <summary>The host flavour's invariants: a broken one is a fault for the innermost boundary.</summary>
public static class Invariant
{
    public static void Check([DoesNotReturnIf(false)] bool condition)
    {
        if (!condition)
        {
            Fail();
        }
    }

    [DoesNotReturn]
    public static void Fail() => throw new ContainedFault(FaultKind.Invariant);
}

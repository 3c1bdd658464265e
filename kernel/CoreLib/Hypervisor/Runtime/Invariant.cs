// SPDX-License-Identifier: MIT
using System.Diagnostics.CodeAnalysis;

namespace Hypervisor.Runtime;

/// <summary>States what must hold; where it does not, the running context faults with FaultKind.Invariant.</summary>
public static class Invariant
{
    public static void Check([DoesNotReturnIf(false)] bool condition)
    {
        if (!condition)
        {
            ThrowHelper.Fault(FaultKind.Invariant);
        }
    }

    [DoesNotReturn]
    public static void Fail() => ThrowHelper.Fault(FaultKind.Invariant);
}

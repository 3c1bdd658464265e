// SPDX-License-Identifier: MIT
using System.Diagnostics.CodeAnalysis;
using System.Runtime;
using Hypervisor.Runtime;

namespace Hypervisor.Guests.Kit;

/// <summary>Where every fault of C# ends: in the boundary around the running test, or with the whole guest.</summary>
internal static class Faults
{
    [DoesNotReturn]
    [RuntimeExport("HvFault")]
    internal static void Raise(FaultKind kind, nint detail)
    {
        if (FaultBoundary.IsActive)
        {
            FaultBoundary.Unwind(kind);
        }
        GuestConsole.WriteLine("FAULT outside of every test");
        Power.Off(false);
    }

    /// <summary>
    /// Checked builds ask this at every store of a reference; a guest has one region, so all are allowed.
    /// </summary>
    [RuntimeExport("HvCheckStore")]
    private static void CheckStore(nint destination, nint value)
    {
    }
}

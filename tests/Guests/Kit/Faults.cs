// SPDX-License-Identifier: MIT
using System;
using System.Diagnostics.CodeAnalysis;
using System.Runtime;
using Hypervisor.Runtime;
using Hypervisor.X64;

namespace Hypervisor.Guests.Kit;

/// <summary>Where every fault of C# ends: in the boundary around the running test, or with the whole guest.</summary>
internal static class Faults
{
    [DoesNotReturn]
    [RuntimeExport("HvFault")]
    internal static void Raise(FaultKind kind, nint detail = 0)
    {
        if (FaultBoundary.IsActive)
        {
            FaultBoundary.Unwind(kind);
        }
        Span<char> number = stackalloc char[8];
        ((int)kind).TryFormat(number, out int length);
        GuestConsole.Write("FAULT outside of every boundary: ");
        GuestConsole.WriteLine(number.Slice(0, length));
        Instructions.Out8(0xf4, 0x11);
        while (true)
        {
            Instructions.Halt();
        }
    }

    /// <summary>Checked builds ask this at every store of a reference; a guest has one region, so all are allowed.</summary>
    [RuntimeExport("HvCheckStore")]
    private static void CheckStore(nint destination, nint value)
    {
    }
}

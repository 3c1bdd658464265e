// SPDX-License-Identifier: MIT
using System.Runtime.CompilerServices;

namespace Hypervisor.Virtualization;

/// <summary>How often a vCPU left guest mode, and why. Written by the processor that runs it, read by anyone.</summary>
public sealed class ExitStatistics
{
    private readonly ulong[] _counts = new ulong[(int)ExitKind.Count];

    /// <summary>Exits of one kind.</summary>
    public ulong this[ExitKind kind] => _counts[(int)kind];

    /// <summary>Events injected: interrupts, NMIs and exceptions.</summary>
    public ulong Injected { get; private set; }

    public ulong Total
    {
        get
        {
            ulong total = 0;
            for (int kind = 0; kind < _counts.Length; kind++)
            {
                total += _counts[kind];
            }

            return total;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal void Count(ExitKind kind) => _counts[(int)kind]++;

    internal void CountInjected() => Injected++;
}

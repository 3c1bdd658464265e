// SPDX-License-Identifier: MIT
using System;
using Hypervisor.Memory;

namespace Hypervisor.Platform;

/// <summary>
/// Where the last contained fault of a processor happened. Filled by whoever stops the code, before the stack is
/// unwound; read by whoever reports it, before anything else can fault there.
/// </summary>
public sealed class FaultTrace
{
    /// <summary>How many return addresses are kept.</summary>
    public const int Depth = 24;

    private static readonly FaultTrace s_boot = new();

    private readonly ulong[] _stack = new ulong[Depth];
    private int _depth;

    /// <summary>The running processor's.</summary>
    public static FaultTrace Last => CurrentProcessor.Owner is Processor processor ? processor.LastFault : s_boot;

    /// <summary>The address of the faulting instruction, or of the call that stated the fault.</summary>
    public ulong Rip { get; private set; }

    /// <summary>The address that a page fault was about; the detail that a throw helper gave; else 0.</summary>
    public ulong Detail { get; private set; }

    /// <summary>Copies the callers' return addresses, the innermost first; returns how many there were.</summary>
    public int CopyTo(Span<ulong> target)
    {
        int count = Math.Min(_depth, target.Length);
        new ReadOnlySpan<ulong>(_stack, 0, count).CopyTo(target);
        return count;
    }

    internal void Record(ulong rip, ulong framePointer, ulong detail)
    {
        Rip = rip;
        Detail = detail;
        _depth = StackWalk.Collect(framePointer, _stack);
    }
}

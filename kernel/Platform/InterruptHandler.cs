// SPDX-License-Identifier: MIT
using System.Threading;
using Hypervisor.Runtime;

namespace Hypervisor.Platform;

/// <summary>
/// What a device or timer does when it interrupts: acknowledge the hardware, post, return. Runs with interrupts
/// off on a stack of its own; it must not allocate, wait or take a VM's lock. A fault in it ends the
/// handler, not what it interrupted.
/// </summary>
public abstract class InterruptHandler : ContainedCall
{
    private ulong _count;
    private ulong _faults;

    /// <summary>Interrupts so far, on all processors.</summary>
    public ulong Count => Volatile.Read(ref _count);

    /// <summary>Faults contained in it so far.</summary>
    public ulong Faults => Volatile.Read(ref _faults);

    /// <summary>The kind of the last of them.</summary>
    public FaultKind LastFault { get; private set; }

    /// <summary>It begins, on one processor or several at a time.</summary>
    internal void Begin() => Interlocked.Increment(ref _count);

    /// <summary>A fault has ended it.</summary>
    internal void End(FaultKind fault)
    {
        LastFault = fault;
        _ = Interlocked.Increment(ref _faults);
    }

    /// <summary>
    /// A fault ended the handler. Its driver makes the device quiet here, so that the interrupt does not come again
    /// at once, or says true: the rest of what was to be done has nothing to do with the fault, and the handler runs
    /// again. It should have come nearer to its end by then: one that has not after thousands of faults is the host's.
    /// </summary>
    public virtual bool OnFault(FaultKind kind) => false;
}

// SPDX-License-Identifier: MIT
using Hypervisor.Runtime;

namespace Hypervisor.Platform;

/// <summary>
/// What a device or timer does when it interrupts: acknowledge the hardware, post, return. Runs with interrupts
/// off on a stack of its own; it must not allocate, wait or take a VM's lock. A fault in it ends the
/// handler, not what it interrupted.
/// </summary>
public abstract class InterruptHandler : ContainedCall
{
    /// <summary>Interrupts so far.</summary>
    public ulong Count { get; internal set; }

    /// <summary>Faults contained in it so far.</summary>
    public ulong Faults { get; internal set; }

    /// <summary>The kind of the last of them.</summary>
    public FaultKind LastFault { get; internal set; }

    /// <summary>
    /// A fault ended the handler. Its driver makes the device quiet here, so that the interrupt does not come again
    /// at once.
    /// </summary>
    public virtual void OnFault(FaultKind kind)
    {
    }
}

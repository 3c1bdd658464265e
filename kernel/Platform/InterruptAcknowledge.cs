// SPDX-License-Identifier: MIT
namespace Hypervisor.Platform;

/// <summary>
/// How a processor's interrupt controller is told that an interrupt was served; the local APIC implements it.
/// </summary>
public abstract class InterruptAcknowledge
{
    /// <summary>End of interrupt; called with interrupts off, after the handler.</summary>
    public abstract void EndOfInterrupt();
}

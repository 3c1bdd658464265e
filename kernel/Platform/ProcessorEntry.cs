// SPDX-License-Identifier: MIT
namespace Hypervisor.Platform;

/// <summary>What a processor that was started does, on its own stack with interrupts off. Boot implements it.</summary>
public abstract class ProcessorEntry
{
    /// <summary>Makes the calling processor ready for guests, during boot, one processor at a time.</summary>
    public abstract void Prepare(Processor processor);

    /// <summary>Boot is over: the calling processor schedules. Never returns.</summary>
    public abstract void Run(Processor processor);
}

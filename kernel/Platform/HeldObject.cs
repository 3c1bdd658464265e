// SPDX-License-Identifier: MIT
using Hypervisor.Runtime;

namespace Hypervisor.Platform;

/// <summary>
/// What a processor looks at for a moment, interrupts off, and whose owner waits until it is let go: a VM. Where a
/// fault ends the look, the boundary that catches it finds it in <see cref="Processor.Held"/>.
/// </summary>
public abstract class HeldObject
{
    /// <summary>The look has ended; called on the processor that has begun it.</summary>
    public abstract void LetGo();

    /// <summary>An interrupt's handler that worked for it has faulted while it was held.</summary>
    public abstract void OnFault(FaultKind kind);
}

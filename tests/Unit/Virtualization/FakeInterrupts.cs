// SPDX-License-Identifier: MIT
using System.Collections.Generic;
using Hypervisor.Virtualization;

namespace Hypervisor.Unit.Virtualization;

/// <summary>A local interrupt controller that delivers a queue of vectors.</summary>
internal sealed class FakeInterrupts : LocalInterruptController
{
    public Queue<int> Pending { get; } = new();

    public override int PendingVector => Pending.Count == 0 ? -1 : Pending.Peek();

    public override byte TaskPriorityClass { get; set; }

    public override int Acknowledge() => Pending.Count == 0 ? -1 : Pending.Dequeue();
}

// SPDX-License-Identifier: MIT
using Hypervisor.Runtime;

namespace Hypervisor.Platform;

/// <summary>The interrupt of every processor's timer: its own alarms that are due.</summary>
public sealed class TimerInterrupt : InterruptHandler
{
    public override void Invoke()
    {
        FaultInjector.Pass(FaultSite.TimerInterrupt);
        Processor.Current.Deadlines.OnInterrupt();
    }

    /// <summary>
    /// The alarm that faulted is off the heap; the others are looked at, and the timer is armed for the next.
    /// </summary>
    public override bool OnFault(FaultKind kind) => true;
}

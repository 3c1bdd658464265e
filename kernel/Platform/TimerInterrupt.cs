// SPDX-License-Identifier: MIT
namespace Hypervisor.Platform;

/// <summary>The interrupt of every processor's timer: its own alarms that are due.</summary>
public sealed class TimerInterrupt : InterruptHandler
{
    public override void Invoke() => Processor.Current.Deadlines.OnInterrupt();
}

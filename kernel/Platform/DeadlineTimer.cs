// SPDX-License-Identifier: MIT
using System;
using Hypervisor.X64;

namespace Hypervisor.Platform;

/// <summary>
/// The local APIC's timer in TSC-deadline mode (Intel SDM volume 3, 10.5.4.1): one write arms it exactly.
/// </summary>
public sealed class DeadlineTimer : TimerHardware
{
    private readonly HostClock _clock;

    /// <summary>
    /// The timer of the calling processor, and of every other that calls <see cref="LocalApic.UseDeadlineTimer"/>.
    /// </summary>
    public DeadlineTimer(HostClock clock)
    {
        _clock = clock;
    }

    public override void Arm(ulong moment)
    {
        // 0 would disarm; a moment that has passed fires at once.
        Instructions.WriteMsr(Msr.TimestampDeadline, Math.Max(_clock.TimestampAt(moment), 1));
    }

    public override void Disarm() => Instructions.WriteMsr(Msr.TimestampDeadline, 0);
}

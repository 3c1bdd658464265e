// SPDX-License-Identifier: MIT
using System;
using Hypervisor.X64;

namespace Hypervisor.Platform;

/// <summary>
/// The local APIC's timer in TSC-deadline mode (Intel SDM volume 3, 10.5.4.1): one write arms it exactly.
/// </summary>
public sealed class DeadlineTimer : TimerHardware
{
    /// <summary>An hour in nanoseconds.</summary>
    private const ulong Longest = 3_600_000_000_000;

    private readonly HostClock _clock;

    /// <summary>
    /// The timer of the calling processor, and of every other that calls <see cref="LocalApic.UseDeadlineTimer"/>.
    /// </summary>
    public DeadlineTimer(HostClock clock)
    {
        _clock = clock;
    }

    /// <summary>A far moment comes early: in ticks it may not fit, and would be one that has passed.</summary>
    public override void Arm(ulong moment)
    {
        ulong now = _clock.Now;
        ulong nearest = moment > now ? now + Math.Min(moment - now, Longest) : moment;
        // 0 would disarm; a moment that has passed fires at once.
        Instructions.WriteMsr(Msr.TimestampDeadline, Math.Max(_clock.TimestampAt(nearest), 1));
    }

    public override void Disarm() => Instructions.WriteMsr(Msr.TimestampDeadline, 0);
}

// SPDX-License-Identifier: MIT
using System;

namespace Hypervisor.Platform;

/// <summary>
/// The local APIC's timer in one-shot mode (Intel SDM volume 3, 10.5.4), for processors without TSC-deadline mode. It
/// counts 32 bits at a rate of its own, so a far moment makes it come early.
/// </summary>
public sealed class CountdownTimer : TimerHardware
{
    private const int FractionBits = 32;
    private const ulong NanosecondsPerSecond = 1_000_000_000;

    private readonly LocalApic _apic;
    private readonly HostClock _clock;
    private readonly ulong _countsPerNanosecond;
    private readonly ulong _longest;

    /// <summary>A timer that counts at <paramref name="frequency"/> Hz.</summary>
    public CountdownTimer(LocalApic apic, HostClock clock, ulong frequency)
    {
        _apic = apic;
        _clock = clock;
        Frequency = frequency;
        _countsPerNanosecond = Math.Max((frequency << FractionBits) / NanosecondsPerSecond, 1);
        ulong counts = (ulong)uint.MaxValue << FractionBits;
        _longest = Math.Min(counts / _countsPerNanosecond, uint.MaxValue);
    }

    /// <summary>Counts per second; below 2^32.</summary>
    public ulong Frequency { get; }

    public override void Arm(ulong moment)
    {
        ulong now = _clock.Now;
        ulong wait = moment > now ? Math.Min(moment - now, _longest) : 0;
        // Rounded up, so that it is never early by less than a count, only to be armed again for nothing.
        _apic.StartTimer((uint)Math.Min(((wait * _countsPerNanosecond) >> FractionBits) + 1, uint.MaxValue));
    }

    public override void Disarm() => _apic.StartTimer(0);
}

// SPDX-License-Identifier: MIT
using System;
using Hypervisor.X64;

namespace Hypervisor.Platform;

/// <summary>
/// The machine's time: nanoseconds since the clock was made, counted by the timestamp counter at a rate that was
/// measured against a timer. Conversions multiply and shift; none overflows within the 584 years that 64 bits hold.
/// </summary>
public sealed class HostClock
{
    private const ulong NanosecondsPerSecond = 1_000_000_000;

    private readonly ClockRatio _nanosecondsPerTick;
    private readonly ClockRatio _ticksPerNanosecond;
    private readonly ulong _start;

    /// <summary>
    /// A clock over a counter of <paramref name="frequency"/> Hz (1 MHz and more) that starts at 0 now.
    /// </summary>
    public HostClock(ulong frequency)
    {
        if (frequency < 1_000_000)
        {
            throw new ArgumentOutOfRangeException(nameof(frequency));
        }

        Frequency = frequency;
        _nanosecondsPerTick = new ClockRatio(NanosecondsPerSecond, frequency);
        _ticksPerNanosecond = new ClockRatio(frequency, NanosecondsPerSecond);
        _start = Instructions.ReadTimestamp();
    }

    /// <summary>The counter's rate in Hz.</summary>
    public ulong Frequency { get; }

    /// <summary>Nanoseconds since the clock was made.</summary>
    public ulong Now => MomentOf(Instructions.ReadTimestamp());

    /// <summary>What <see cref="Now"/> was when the counter was <paramref name="timestamp"/>.</summary>
    public ulong MomentOf(ulong timestamp) => ToNanoseconds(timestamp - _start);

    /// <summary>The counter's value at the moment <paramref name="nanoseconds"/> of <see cref="Now"/>.</summary>
    public ulong TimestampAt(ulong nanoseconds) => _start + ToTicks(nanoseconds);

    /// <summary>How long <paramref name="ticks"/> of the counter are.</summary>
    public ulong ToNanoseconds(ulong ticks) => _nanosecondsPerTick.Scale(ticks);

    /// <summary>How many ticks of the counter <paramref name="nanoseconds"/> are.</summary>
    public ulong ToTicks(ulong nanoseconds) => _ticksPerNanosecond.Scale(nanoseconds);
}

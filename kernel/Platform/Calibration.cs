// SPDX-License-Identifier: MIT
using System;
using Hypervisor.X64;

namespace Hypervisor.Platform;

/// <summary>
/// Measures the rates of the time-stamp counter and of the local APIC's timer against a timer of known rate. CPUID is
/// not asked: under an emulator it reports the rate of the processor that is imitated.
/// </summary>
public readonly struct Calibration
{
    private const int Rounds = 3;

    /// <summary>Reads of a port, half a microsecond and more each: many times a round.</summary>
    private const int Patience = 10_000_000;

    /// <summary>Length of a round: a 50th of a second.</summary>
    private const ulong RoundsPerSecond = 50;

    /// <summary>Ticks of the time-stamp counter per second.</summary>
    public readonly ulong TimestampFrequency;

    /// <summary>Counts of the local APIC's timer per second, undivided.</summary>
    public readonly ulong ApicFrequency;

    private Calibration(ulong timestampFrequency, ulong apicFrequency)
    {
        TimestampFrequency = timestampFrequency;
        ApicFrequency = apicFrequency;
    }

    /// <summary>
    /// Takes the middle of three rounds: whoever was held up by the firmware is too fast or too slow. The local
    /// APIC's timer is stopped afterwards.
    /// </summary>
    public static Calibration Measure(ReferenceTimer reference, LocalApic apic)
    {
        Span<ulong> timestamps = stackalloc ulong[Rounds];
        Span<ulong> counts = stackalloc ulong[Rounds];
        bool interruptsWereOn = Instructions.SaveAndDisableInterrupts();
        apic.UseSilentTimer();
        for (int round = 0; round < Rounds; round++)
        {
            MeasureOnce(reference, apic, out timestamps[round], out counts[round]);
        }

        apic.StartTimer(0);
        Instructions.RestoreInterrupts(interruptsWereOn);
        return new Calibration(Middle(timestamps), Middle(counts));
    }

    private static void MeasureOnce(ReferenceTimer reference, LocalApic apic, out ulong timestamps, out ulong counts)
    {
        ulong length = reference.Frequency / RoundsPerSecond;
        reference.Start();
        ulong first = WaitFor(reference, 1);
        apic.StartTimer(uint.MaxValue);
        ulong start = Instructions.ReadTimestamp();
        ulong elapsed = WaitFor(reference, first + length) - first;
        ulong end = Instructions.ReadTimestamp();
        uint left = apic.TimerCount;
        timestamps = ScaleToSecond(end - start, elapsed, reference.Frequency);
        counts = ScaleToSecond(uint.MaxValue - left, elapsed, reference.Frequency);
    }

    /// <summary>
    /// Both ends of a round are moments at which the count has just changed: its steps are coarser than ours.
    /// </summary>
    private static ulong WaitFor(ReferenceTimer reference, ulong count)
    {
        for (int tries = 0; tries < Patience; tries++)
        {
            ulong elapsed = reference.Elapsed;
            if (elapsed >= count)
            {
                return elapsed;
            }
        }

        Panic.Halt("the machine has no timer that clocks can be measured against");
        return 0;
    }

    /// <summary>
    /// value * frequency / elapsed; a round's values are far below 2^40, frequencies of references below 2^22.
    /// </summary>
    private static ulong ScaleToSecond(ulong value, ulong elapsed, ulong frequency) =>
        ((value * frequency) + (elapsed / 2)) / elapsed;

    private static ulong Middle(ReadOnlySpan<ulong> values)
    {
        ulong low = Math.Min(values[0], values[1]);
        ulong high = Math.Max(values[0], values[1]);
        return Math.Max(low, Math.Min(high, values[2]));
    }
}

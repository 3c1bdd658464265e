// SPDX-License-Identifier: MIT
using Hypervisor.X64;

namespace Hypervisor.Guests.Kit;

/// <summary>Time from the timestamp counter, measured once against the PIT's second channel (1.193182 MHz).</summary>
internal static class Time
{
    private const ushort SpeakerPort = 0x61;
    private const ulong MeasureMicroseconds = 50_000;
    private const int MostMeasurements = 8;

    private static ulong s_ticksPerMillisecond;
    private static Elapsed s_measured;

    internal static ulong TicksPerMillisecond => s_ticksPerMillisecond;

    /// <summary>How many ticks a time has, as exactly as the rate is known.</summary>
    internal static Elapsed TicksIn(ulong microseconds) => s_measured.Times(microseconds, MeasureMicroseconds);

    internal static ulong Microseconds => Instructions.ReadTimestamp() / (TicksPerMillisecond / 1000);

    internal static void Wait(ulong microseconds)
    {
        ulong end = Microseconds + microseconds;
        while (Microseconds < end)
        {
            Instructions.Pause();
        }
    }

    /// <summary>The best of several measurements: an emulator that was not scheduled meanwhile spoils some.</summary>
    internal static void Calibrate()
    {
        Elapsed best = Measure();
        for (int i = 1; i < MostMeasurements && !best.IsGood; i++)
        {
            Elapsed next = Measure();
            best = next.IsBetterThan(in best) ? next : best;
        }
        s_measured = best;
        s_ticksPerMillisecond = best.Middle * 1000 / MeasureMicroseconds;
    }

    /// <summary>Channel 2 counts down once, in mode 0; bit 5 of port 0x61 shows its output.</summary>
    private static Elapsed Measure()
    {
        ushort count = (ushort)(Pit.Frequency * MeasureMicroseconds / 1_000_000);
        byte gate = Instructions.In8(SpeakerPort);
        Instructions.Out8(SpeakerPort, (byte)((gate & ~2) | 1));
        Instructions.Out8(Pit.CommandPort, 0xb0);
        Instructions.Out8(Pit.Channel0Port + 2, (byte)count);
        ulong before = Instructions.ReadTimestamp();
        Instructions.Out8(Pit.Channel0Port + 2, (byte)(count >> 8));
        Sighting start = new(before, Instructions.ReadTimestamp());
        ulong lastLook = start.NotAfter;
        while (true)
        {
            ulong look = Instructions.ReadTimestamp();
            if ((Instructions.In8(SpeakerPort) & 0x20) != 0)
            {
                return new Elapsed(in start, new Sighting(lastLook, Instructions.ReadTimestamp()));
            }
            lastLook = look;
        }
    }
}

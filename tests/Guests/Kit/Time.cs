// SPDX-License-Identifier: MIT
using System;
using Hypervisor.X64;

namespace Hypervisor.Guests.Kit;

/// <summary>Time from the timestamp counter, measured once against the PIT's second channel (1.193182 MHz).</summary>
internal static class Time
{
    private const ushort SpeakerPort = 0x61;
    private const ulong MeasureMicroseconds = 50_000;

    private static ulong s_ticksPerMillisecond;

    internal static ulong TicksPerMillisecond => s_ticksPerMillisecond;

    internal static ulong Microseconds => Instructions.ReadTimestamp() / (TicksPerMillisecond / 1000);

    internal static void Wait(ulong microseconds)
    {
        ulong end = Microseconds + microseconds;
        while (Microseconds < end)
        {
            Instructions.Pause();
        }
    }

    /// <summary>
    /// The middle one of several measurements counts: an emulator that was not scheduled meanwhile spoils one.
    /// </summary>
    internal static void Calibrate()
    {
        Span<ulong> measured = stackalloc ulong[3];
        for (int i = 0; i < measured.Length; i++)
        {
            measured[i] = Measure();
        }
        measured.Sort();
        s_ticksPerMillisecond = measured[measured.Length / 2] * 1000 / MeasureMicroseconds;
    }

    /// <summary>Channel 2 counts down once, in mode 0; bit 5 of port 0x61 shows its output.</summary>
    private static ulong Measure()
    {
        ushort count = (ushort)(Pit.Frequency * MeasureMicroseconds / 1_000_000);
        byte gate = Instructions.In8(SpeakerPort);
        Instructions.Out8(SpeakerPort, (byte)((gate & ~2) | 1));
        Instructions.Out8(Pit.CommandPort, 0xb0);
        Instructions.Out8(Pit.Channel0Port + 2, (byte)count);
        Instructions.Out8(Pit.Channel0Port + 2, (byte)(count >> 8));
        ulong start = Instructions.ReadTimestamp();
        while ((Instructions.In8(SpeakerPort) & 0x20) == 0)
        {
            Instructions.Pause();
        }
        return Instructions.ReadTimestamp() - start;
    }
}

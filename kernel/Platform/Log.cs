// SPDX-License-Identifier: MIT
using System;
using System.Threading;
using Hypervisor.Memory;
using Hypervisor.X64;

namespace Hypervisor.Platform;

/// <summary>
/// The hypervisor's log: the newest lines in a ring in memory. Lines have running numbers, so that a reader sees what
/// is new and what it has missed. Until the console reads them they are also sent to the serial port as they come.
/// </summary>
public static class Log
{
    /// <summary>Lines that are kept.</summary>
    public const int Capacity = 256;

    private const int GuestBurst = 32;
    private const int GuestLinesPerSecond = 16;

    private static readonly SharedLock s_lock = new(LockRank.Log, "log");
    private static readonly LogLine[] s_lines = new LogLine[Capacity];
    private static readonly RateLimit s_guestLimit = new(GuestBurst, GuestLinesPerSecond);
    private static long s_next;
    private static bool s_isEchoed = true;

    /// <summary>
    /// The number of the line that will be written next; the oldest that is kept is this less <see cref="Capacity"/>.
    /// </summary>
    public static long Next => Volatile.Read(ref s_next);

    /// <summary>What guests may write.</summary>
    public static RateLimit GuestLimit => s_guestLimit;

    /// <summary>True until a console shows the lines: each goes to the serial port at once, by polling.</summary>
    public static bool IsEchoed
    {
        get => s_isEchoed;
        set => s_isEchoed = value;
    }

    /// <summary>Woken when there is a new line; the console.</summary>
    public static Schedulable? Reader { get; set; }

    /// <summary>A line about the hypervisor.</summary>
    public static void Host(ref LogMessage message) => Append(LogLevel.Host, ref message);

    /// <summary>A line about something that should not be.</summary>
    public static void Warning(ref LogMessage message) => Append(LogLevel.Warning, ref message);

    /// <summary>A line that a guest caused: limited in number.</summary>
    public static void Guest(ref GuestLogMessage message)
    {
        if (!message.IsWanted)
        {
            return;
        }

        int suppressed = s_guestLimit.TakeSuppressed();
        if (suppressed > 0)
        {
            LogMessage note = $"{suppressed} lines about guests were left out";
            Append(LogLevel.Guest, ref note);
        }

        message.Commit();
    }

    /// <summary>Copies line <paramref name="number"/>; false where it is no longer kept or not yet written.</summary>
    public static bool TryRead(long number, out LogLine line)
    {
        s_lock.Acquire();
        bool isKept = number >= 0 && number < s_next && number >= s_next - Capacity;
        line = isKept ? s_lines[(int)(number % Capacity)] : default;
        s_lock.Release();
        return isKept;
    }

    /// <summary>Sends what there is to the serial port once more, which is another one now.</summary>
    public static void Repeat()
    {
        for (long number = 0; number < Next; number++)
        {
            if (TryRead(number, out LogLine line))
            {
                Echo(in line);
            }
        }
    }

    private static void Echo(in LogLine line)
    {
        ReadOnlySpan<byte> text = line.Text;
        EarlyConsole.Write(text.Slice(0, line.Length));
        EarlyConsole.Write("\r\n");
    }

    internal static void Append(LogLevel level, ref LogMessage message)
    {
        s_lock.Acquire();
        ref LogLine line = ref s_lines[(int)(s_next % Capacity)];
        line.Timestamp = Instructions.ReadTimestamp();
        line.Level = level;
        line.Length = (byte)message.Length;
        message.CopyTo(ref line.Text);
        if (s_isEchoed)
        {
            Echo(in line);
        }

        Volatile.Write(ref s_next, s_next + 1);
        s_lock.Release();

        // With a lock held the reader is told by the next line, or looks by itself.
        if (CurrentProcessor.SharedLocksHeld == 0)
        {
            Reader?.Wake();
        }
    }
}

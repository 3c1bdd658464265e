// SPDX-License-Identifier: MIT
using System;
using Hypervisor.X64;

namespace Hypervisor.Platform;

/// <summary>
/// The board's battery-backed clock (MC146818), read once at boot; firmware keeps it in UTC or in local time.
/// </summary>
public static class CmosClock
{
    private const ushort IndexPort = 0x70;
    private const ushort DataPort = 0x71;
    private const byte StatusA = 0x0A;
    private const byte StatusB = 0x0B;
    private const byte UpdateInProgress = 0x80;
    private const byte BinaryMode = 0x04;
    private const byte HourMode24 = 0x02;
    private const byte AfterNoon = 0x80;
    private const int Attempts = 1_000_000;

    /// <summary>Seconds since 1970-01-01T00:00:00Z; 0 where the clock does not answer or makes no sense.</summary>
    public static ulong ReadUnixSeconds()
    {
        Span<byte> first = stackalloc byte[6];
        Span<byte> second = stackalloc byte[6];
        for (int attempt = 0; attempt < Attempts; attempt++)
        {
            if ((Read(StatusA) & UpdateInProgress) != 0)
            {
                continue;
            }

            ReadFields(first);
            ReadFields(second);
            if (first.SequenceEqual(second))
            {
                return Convert(first, Read(StatusB));
            }
        }

        return 0;
    }

    /// <summary>
    /// The six fields (second, minute, hour, day, month, year of the century) in the mode that status B tells.
    /// </summary>
    public static ulong Convert(ReadOnlySpan<byte> fields, byte statusB)
    {
        bool isBinary = (statusB & BinaryMode) != 0;
        bool isAfterNoon = (statusB & HourMode24) == 0 && (fields[2] & AfterNoon) != 0;
        int hour = Number((byte)(fields[2] & ~AfterNoon), isBinary);
        if ((statusB & HourMode24) == 0)
        {
            hour = (hour % 12) + (isAfterNoon ? 12 : 0);
        }

        int day = Number(fields[3], isBinary);
        int month = Number(fields[4], isBinary);
        int year = 2000 + Number(fields[5], isBinary);
        if (month is < 1 or > 12 || day is < 1 or > 31 || hour > 23)
        {
            return 0;
        }

        ulong days = DaysSince1970(year, month, day);
        return (((days * 24) + (uint)hour) * 3600)
            + ((uint)Number(fields[1], isBinary) * 60UL) + (uint)Number(fields[0], isBinary);
    }

    private static void ReadFields(Span<byte> fields)
    {
        ReadOnlySpan<byte> registers = [0x00, 0x02, 0x04, 0x07, 0x08, 0x09];
        for (int index = 0; index < registers.Length; index++)
        {
            fields[index] = Read(registers[index]);
        }
    }

    private static byte Read(byte register)
    {
        Instructions.Out8(IndexPort, register);
        return Instructions.In8(DataPort);
    }

    private static int Number(byte value, bool isBinary) => isBinary ? value : ((value >> 4) * 10) + (value & 0xF);

    /// <summary>
    /// Days from 1970-01-01 to a day of the Gregorian calendar; the year counts from March, so leap days come last.
    /// </summary>
    private static ulong DaysSince1970(int year, int month, int day)
    {
        int shifted = month <= 2 ? year - 1 : year;
        int era = shifted / 400;
        int yearOfEra = shifted % 400;
        int dayOfYear = (((153 * ((month + 9) % 12)) + 2) / 5) + day - 1;
        int dayOfEra = (yearOfEra * 365) + (yearOfEra / 4) - (yearOfEra / 100) + dayOfYear;
        return (ulong)((era * 146_097L) + dayOfEra - 719_468);
    }
}

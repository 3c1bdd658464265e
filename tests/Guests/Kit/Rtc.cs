// SPDX-License-Identifier: MIT
using Hypervisor.X64;

namespace Hypervisor.Guests.Kit;

/// <summary>The real-time clock (MC146818) in CMOS RAM.</summary>
internal static class Rtc
{
    internal const byte Seconds = 0;
    internal const byte Minutes = 2;
    internal const byte Hours = 4;
    internal const byte Day = 7;
    internal const byte Month = 8;
    internal const byte Year = 9;
    internal const byte StatusA = 10;
    internal const byte StatusB = 11;
    internal const byte StatusC = 12;
    internal const byte StatusD = 13;
    internal const byte Century = 0x32;
    internal const byte UpdateInProgress = 0x80;
    internal const int Pin = 8;

    private const ushort Index = 0x70;
    private const ushort Data = 0x71;
    private const byte Binary = 4;

    internal static byte Read(byte register)
    {
        Instructions.Out8(Index, register);
        return Instructions.In8(Data);
    }

    internal static void Write(byte register, byte value)
    {
        Instructions.Out8(Index, register);
        Instructions.Out8(Data, value);
    }

    /// <summary>A register as a number, whichever of BCD and binary the clock is set to.</summary>
    internal static int ReadNumber(byte register)
    {
        int value = Read(register);
        return (Read(StatusB) & Binary) != 0 ? value : ((value >> 4) * 10) + (value & 15);
    }
}

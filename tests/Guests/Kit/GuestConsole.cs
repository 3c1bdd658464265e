// SPDX-License-Identifier: MIT
using System;
using Hypervisor.X64;

namespace Hypervisor.Guests.Kit;

/// <summary>The guest's only output: the first serial port, written by polling.</summary>
internal static class GuestConsole
{
    private const ushort Data = 0x3f8;
    private const ushort LineStatus = 0x3fd;
    private const byte TransmitterEmpty = 0x20;

    internal static void Write(ReadOnlySpan<char> text)
    {
        foreach (char c in text)
        {
            Write((byte)c);
        }
    }

    internal static void WriteLine(ReadOnlySpan<char> text)
    {
        Write(text);
        Write((byte)'\r');
        Write((byte)'\n');
    }

    private static void Write(byte value)
    {
        while ((Instructions.In8(LineStatus) & TransmitterEmpty) == 0)
        {
            Instructions.Pause();
        }
        Instructions.Out8(Data, value);
    }
}

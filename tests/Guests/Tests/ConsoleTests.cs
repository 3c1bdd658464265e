// SPDX-License-Identifier: MIT
using System;
using Hypervisor.Guests.Kit;
using Hypervisor.X64;

namespace Hypervisor.Guests.Tests;

/// <summary>A guest to talk to: whoever runs it by name types, and sees that it still answers.</summary>
internal static class ConsoleTests
{
    private const ushort Data = 0x3f8;
    private const ushort LineStatus = 0x3fd;
    private const byte DataReady = 1;
    private const int LongestLine = 64;
    private const ulong TickMicroseconds = 20_000;

    [GuestTest(OnlyByName = true)]
    internal static void Echo()
    {
        GuestConsole.WriteLine(" LISTENING");
        while (true)
        {
            if ((Instructions.In8(LineStatus) & DataReady) != 0)
            {
                Instructions.Out8(Data, Instructions.In8(Data));
            }
        }
    }

    /// <summary>Says something fifty times a second, and what it has heard in between.</summary>
    [GuestTest(OnlyByName = true)]
    internal static void Chatter()
    {
        Span<char> line = stackalloc char[LongestLine];
        int length = 0;
        GuestConsole.WriteLine(" CHATTING");
        for (int tick = 1; ; tick++)
        {
            ulong start = Time.Microseconds;
            while (Time.Microseconds - start < TickMicroseconds)
            {
                if ((Instructions.In8(LineStatus) & DataReady) == 0)
                {
                    continue;
                }
                char typed = (char)Instructions.In8(Data);
                if (typed == '\r')
                {
                    GuestConsole.Write("heard ");
                    GuestConsole.WriteLine(line.Slice(0, length));
                    length = 0;
                }
                else if (length < LongestLine)
                {
                    line[length++] = typed;
                }
            }
            GuestConsole.WriteLine($"tick {tick}");
        }
    }
}

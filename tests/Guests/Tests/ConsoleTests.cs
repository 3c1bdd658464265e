// SPDX-License-Identifier: MIT
using Hypervisor.Guests.Kit;
using Hypervisor.X64;

namespace Hypervisor.Guests.Tests;

/// <summary>A guest to talk to: whoever runs it by name types, and sees that it still answers.</summary>
internal static class ConsoleTests
{
    private const ushort Data = 0x3f8;
    private const ushort LineStatus = 0x3fd;
    private const byte DataReady = 1;

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
}

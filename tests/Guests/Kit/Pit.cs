// SPDX-License-Identifier: MIT
using Hypervisor.X64;

namespace Hypervisor.Guests.Kit;

/// <summary>The 8254 timer.</summary>
internal static class Pit
{
    internal const ulong Frequency = 1_193_182;
    internal const ushort Channel0Port = 0x40;
    internal const ushort CommandPort = 0x43;

    /// <summary>Channel 0 as a rate generator (mode 2) that raises IRQ 0.</summary>
    internal static void StartPeriodic(ushort divisor)
    {
        Instructions.Out8(CommandPort, 0x34);
        Instructions.Out8(Channel0Port, (byte)divisor);
        Instructions.Out8(Channel0Port, (byte)(divisor >> 8));
    }

    /// <summary>Channel 0 counts once (mode 0), for as long as it can, and so is quiet.</summary>
    internal static void Stop()
    {
        Instructions.Out8(CommandPort, 0x30);
        Instructions.Out8(Channel0Port, 0);
    }

    /// <summary>The present count of channel 0, latched.</summary>
    internal static ushort ReadCount()
    {
        Instructions.Out8(CommandPort, 0x00);
        int low = Instructions.In8(Channel0Port);
        return (ushort)(low | (Instructions.In8(Channel0Port) << 8));
    }
}

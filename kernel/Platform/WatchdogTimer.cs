// SPDX-License-Identifier: MIT
using Hypervisor.X64;

namespace Hypervisor.Platform;

/// <summary>
/// The source of the watchdog's NMIs: channel 0 of the 8254, led through the IOAPIC as an NMI, so that it arrives
/// whether or not interrupts are on. It is as slow as the channel can be, 18.2 times a second.
/// </summary>
public static class WatchdogTimer
{
    private const int TimerInterrupt = 0;
    private const ushort Channel0 = 0x40;
    private const ushort Mode = 0x43;
    private const byte RateGenerator = 0x34;

    /// <summary>Starts it for one processor; false where the machine's timer interrupt arrives nowhere.</summary>
    public static bool TryStart(InterruptRouter router, uint apicId)
    {
        if (!router.TryRouteIsaAsNmi(TimerInterrupt, apicId))
        {
            return false;
        }

        SetDivisor(0);
        return true;
    }

    /// <summary>1,193,182 / <paramref name="divisor"/> NMIs a second from now on; 0 stands for 65536.</summary>
    public static void SetDivisor(ushort divisor)
    {
        Instructions.Out8(Mode, RateGenerator);
        Instructions.Out8(Channel0, (byte)divisor);
        Instructions.Out8(Channel0, (byte)(divisor >> 8));
    }
}

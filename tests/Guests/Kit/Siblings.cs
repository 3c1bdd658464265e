// SPDX-License-Identifier: MIT
using System.Runtime;
using System.Runtime.CompilerServices;
using Hypervisor.X64;

namespace Hypervisor.Guests.Kit;

/// <summary>The machine's other processors, which run Siblings.S for ever.</summary>
internal static class Siblings
{
    private const uint Init = 0x4500;
    private const uint Startup = 0x4600;
    private const uint AllOthers = 3 << 18;
    private const uint IsPending = 0x1000;

    /// <summary>
    /// Starts all of them, as a hypervisor's vCPUs can be, which need no time between INIT and SIPI; where there is
    /// none nothing happens.
    /// </summary>
    internal static void Start()
    {
        uint page = Place() >> 12;
        Send(Init);
        Send(Startup | page);
    }

    private static void Send(uint command)
    {
        LocalApic.Write(LocalApic.CommandLow, AllOthers | command);
        while ((LocalApic.Read(LocalApic.CommandLow) & IsPending) != 0)
        {
            Instructions.Pause();
        }
    }

    /// <summary>Copies the code to where a processor can start, and says where that is.</summary>
    [MethodImpl(MethodImplOptions.InternalCall)]
    [RuntimeImport("*", "GuestPlaceSibling")]
    private static extern uint Place();
}

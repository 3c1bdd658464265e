// SPDX-License-Identifier: MIT
using System;
using Hypervisor.Guests.Kit;
using Hypervisor.X64;

namespace Hypervisor.Guests.Tests;

/// <summary>No tests but loads: what the bench of the scheduler lets run beside each other.</summary>
internal static class LoadTests
{
    private const int Vector = 0x60;
    private const uint DeadlineMsr = 0x6e0;
    private const uint TimingLeaf = 0x40000010;

    /// <summary>To all other processors, as edges: INIT, and SIPI with the number of the page.</summary>
    private const uint InitOthers = 0xc4500;
    private const uint StartOthers = 0xc4600;
    private const uint LoopPage = 8;

    /// <summary>A jump to itself, in any mode.</summary>
    private const uint Loop = 0xfeeb;

    private const int FirstWakes = 20;
    private const int LineLength = 20;

    /// <summary>All vCPUs are busy for ever.</summary>
    [GuestTest(OnlyByName = true)]
    internal static void Busy()
    {
        Mmio.Write(LoopPage << 12, Loop);
        LocalApic.Enable();
        LocalApic.Write(LocalApic.CommandLow, InitOthers);
        LocalApic.Write(LocalApic.CommandLow, StartOthers | LoopPage);
        LocalApic.Write(LocalApic.CommandLow, StartOthers | LoopPage);
        while (true)
        {
        }
    }

    /// <summary>
    /// Sleeps <c>sleep=MICROSECONDS</c> so many times as <c>wakes=NUMBER</c> says, and says then how late it was each
    /// time, in nanoseconds; the first few times not. An interrupt that comes too early is counted and slept over.
    /// </summary>
    [GuestTest(OnlyByName = true)]
    internal static void Sleeper()
    {
        ulong kilohertz = Instructions.Cpuid(TimingLeaf).Eax;
        ulong ticks = GuestMachine.NumberOf("sleep=") * kilohertz / 1000;
        ulong[] delays = new ulong[(int)GuestMachine.NumberOf("wakes=")];
        int early = 0;
        TimerTests.Prepare();
        LocalApic.Write(LocalApic.TimerEntry, Vector | LocalApic.TscDeadline);
        for (int wake = 0; wake < FirstWakes + delays.Length; wake++)
        {
            ulong late = SleepFor(ticks, ref early);
            if (wake >= FirstWakes)
            {
                delays[wake - FirstWakes] = late * 1_000_000 / kilohertz;
            }
        }
        GuestConsole.WriteLine($"\r\nTOO EARLY {early}");
        Say(delays);
    }

    /// <summary>How late it is after that.</summary>
    private static ulong SleepFor(ulong ticks, ref int early)
    {
        ulong deadline = Instructions.ReadTimestamp() + ticks;
        Instructions.WriteMsr(DeadlineMsr, deadline);
        while (true)
        {
            Instructions.EnableInterruptsAndHalt();
            Instructions.DisableInterrupts();
            ulong now = Instructions.ReadTimestamp();
            if (now >= deadline)
            {
                return now - deadline;
            }
            early++;
        }
    }

    private static void Say(ulong[] delays)
    {
        for (int index = 0; index < delays.Length; index++)
        {
            GuestConsole.Write(index % LineLength == 0 ? "\r\nDELAYS" : "");
            GuestConsole.Write($" {delays[index]}");
        }
        GuestConsole.WriteLine("");
    }
}

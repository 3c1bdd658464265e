// SPDX-License-Identifier: MIT
using System.Threading;
using Hypervisor.Guests.Kit;
using Hypervisor.X64;

namespace Hypervisor.Guests.Tests;

/// <summary>Clocks go forward, at one rate, and agree with each other.</summary>
internal static unsafe class ClockTests
{
    private const uint SystemTimeMsr = 0x4b564d01;
    private const uint WallClockMsr = 0x4b564d00;
    private const uint FeatureLeaf = 0x40000001;
    private const ulong TimeInfo = 0xf03000;
    private const ulong WallClock = 0xf03100;

    [GuestTest]
    internal static void TimestampGoesForward()
    {
        ulong last = Instructions.ReadTimestamp();
        for (int i = 0; i < 10000; i++)
        {
            ulong now = Instructions.ReadTimestamp();
            Check.That(now >= last, "RDTSC went back");
            last = now;
        }
        _ = Instructions.Cpuid(0);
        Check.That(Instructions.ReadTimestamp() > last, "RDTSC after an exit");
    }

    [GuestTest]
    internal static void TimestampAgreesWithTheRtc()
    {
        // A loaded computer may sleep through a tick, so one undisturbed second out of five is enough.
        ulong second = 0;
        for (int i = 0; i < 5 && (second is < 800_000 or > 1_200_000); i++)
        {
            WaitForTick();
            ulong start = Time.Microseconds;
            WaitForTick();
            second = Time.Microseconds - start;
        }
        Check.That(second is >= 800_000 and <= 1_200_000, $"one second of the RTC took {second} us of the TSC");
    }

    [GuestTest]
    internal static void RtcTellsTheDate()
    {
        while ((Rtc.Read(Rtc.StatusA) & Rtc.UpdateInProgress) != 0)
        {
            Instructions.Pause();
        }
        Check.That(Rtc.ReadNumber(Rtc.Month) is >= 1 and <= 12, "month");
        Check.That(Rtc.ReadNumber(Rtc.Day) is >= 1 and <= 31, "day");
        Check.That(Rtc.ReadNumber(Rtc.Hours) <= 23 && Rtc.ReadNumber(Rtc.Minutes) <= 59, "time");
        int year = (Rtc.ReadNumber(Rtc.Century) * 100) + Rtc.ReadNumber(Rtc.Year);
        Check.That(year is >= 2020 and < 2100, $"year {year}");
        Check.That((Rtc.Read(Rtc.StatusD) & 0x80) != 0, "battery");
    }

    [GuestTest]
    internal static void RtcInterruptsPeriodically()
    {
        const int vector = 0x68;
        TimerTests.Prepare();
        IoApic.SetEntry(Rtc.Pin, vector, LocalApic.Read(LocalApic.Id));
        byte control = Rtc.Read(Rtc.StatusB);
        Rtc.Write(Rtc.StatusA, 0x26);
        Rtc.Write(Rtc.StatusB, (byte)(control | 0x40));
        int seen = 0;
        for (int i = 0; i < 5; i++)
        {
            _ = Rtc.Read(Rtc.StatusC);
            seen += Interrupts.WaitFor(vector, seen + 1) ? 1 : 0;
        }
        byte flags = Rtc.Read(Rtc.StatusC);
        Rtc.Write(Rtc.StatusB, control);
        IoApic.SetEntry(Rtc.Pin, IoApic.Masked);
        Check.Equal(5, seen, "interrupts");
        Check.Equal(0xc0, flags & 0xc0, "flags in status C");
    }

    [GuestTest]
    internal static void ParavirtualClock()
    {
        RequireClock();
        Instructions.WriteMsr(SystemTimeMsr, TimeInfo | 1);
        ulong first = ReadSystemTime();
        Time.Wait(10_000);
        ulong elapsed = ReadSystemTime() - first;
        Instructions.WriteMsr(SystemTimeMsr, 0);
        Check.That(elapsed is > 8_000_000 and < 30_000_000, $"10 ms took {elapsed} ns");
    }

    [GuestTest]
    internal static void ParavirtualWallClock()
    {
        RequireClock();
        *(uint*)WallClock = 1;
        Instructions.WriteMsr(WallClockMsr, WallClock);
        uint version = Volatile.Read(ref *(uint*)WallClock);
        uint seconds = *(uint*)(WallClock + 4);
        Check.That((version & 1) == 0, "version is odd");
        Check.That(seconds > 1_500_000_000, $"seconds since 1970: {seconds}");
    }

    private static void RequireClock()
    {
        if (!GuestMachine.HasKvmInterface || (Instructions.Cpuid(FeatureLeaf).Eax & 8) == 0)
        {
            Check.Skip("no paravirtual clock");
        }
    }

    /// <summary>Nanoseconds, as Linux computes them from struct pvclock_vcpu_time_info.</summary>
    private static ulong ReadSystemTime()
    {
        while (true)
        {
            uint version = Volatile.Read(ref *(uint*)TimeInfo);
            ulong delta = Instructions.ReadTimestamp() - *(ulong*)(TimeInfo + 8);
            ulong time = *(ulong*)(TimeInfo + 16);
            uint multiplier = *(uint*)(TimeInfo + 24);
            sbyte shift = *(sbyte*)(TimeInfo + 28);
            if ((version & 1) == 0 && version == Volatile.Read(ref *(uint*)TimeInfo))
            {
                delta = shift >= 0 ? delta << shift : delta >> -shift;
                ulong high = System.Math.BigMul(delta, multiplier, out ulong low);
                return time + ((high << 32) | (low >> 32));
            }
        }
    }

    private static void WaitForTick()
    {
        int second = Rtc.ReadNumber(Rtc.Seconds);
        while (Rtc.ReadNumber(Rtc.Seconds) == second)
        {
            Instructions.Pause();
        }
    }
}

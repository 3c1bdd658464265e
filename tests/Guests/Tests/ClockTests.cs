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
    private const uint TimingLeaf = 0x40000010;
    private const uint TimestampLeaf = 0x15;
    private const uint TimestampMsr = 0x10;
    private const uint TimestampAdjustMsr = 0x3b;
    private const uint TscAuxMsr = 0xc0000103;
    private const uint ExtendedLeaf = 0x80000001;
    private const uint RdtscpFeature = 1 << 27;
    private const string RateWord = "tsc_khz=";
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
        CheckSecond(Time.TicksIn(1_000_000));
    }

    /// <summary><c>tsc_khz=NUMBER</c> on the command line says what rate the TSC was to have.</summary>
    [GuestTest(OnlyByName = true)]
    internal static void TimestampHasItsRate()
    {
        ulong rate = GuestMachine.NumberOf(RateWord);
        CpuidResult leaf = Instructions.Cpuid(TimestampLeaf);
        Check.Equal(rate, (ulong)leaf.Ecx * leaf.Ebx / leaf.Eax / 1000, "kHz in leaf 15h");
        Check.Equal(rate, Instructions.Cpuid(TimingLeaf).Eax, "kHz in leaf 40000010h");
        CheckSecond(Elapsed.Exactly(rate * 1000));
    }

    /// <summary>The hypervisor computes what RDMSR gives; RDTSC is the processor's, as far as it can.</summary>
    [GuestTest]
    internal static void TimestampIsTheSameByRdmsr()
    {
        if (!GuestMachine.HasKvmInterface)
        {
            Check.Skip("QEMU reads the MSR as 0");
        }
        for (int i = 0; i < 100; i++)
        {
            ulong before = Instructions.ReadTimestamp();
            ulong between = Instructions.ReadMsr(TimestampMsr);
            ulong after = Instructions.ReadTimestamp();
            Check.That(before <= between && between <= after, $"{before}, by RDMSR {between}, {after}");
        }
    }

    [GuestTest]
    internal static void TimestampCanBeSet()
    {
        const ulong Far = 1UL << 52;
        if (!GuestMachine.HasKvmInterface)
        {
            Check.Skip("QEMU ignores the write");
        }
        ulong before = Instructions.ReadTimestamp();
        Instructions.WriteMsr(TimestampMsr, Far);
        ulong moved = Instructions.ReadTimestamp();
        Instructions.WriteMsr(TimestampAdjustMsr, 0);
        ulong after = Instructions.ReadTimestamp();
        Check.That(moved >= Far && moved - Far < Time.TicksPerMillisecond * 1000, $"{moved} after 2^52 was written");
        Check.That(after > before && after < Far, $"{after} after the adjustment was taken back, {before} before");
    }

    [GuestTest]
    internal static void TimestampWithTheProcessor()
    {
        if ((Instructions.Cpuid(ExtendedLeaf).Edx & RdtscpFeature) == 0)
        {
            Check.Skip("no RDTSCP");
        }
        Instructions.WriteMsr(TscAuxMsr, 0x1234);
        RegisterFile registers = default;
        ulong before = Instructions.ReadTimestamp();
        // rdtscp
        _ = MachineCode.Run([0x0f, 0x01, 0xf9], ref registers);
        ulong after = Instructions.ReadTimestamp();
        ulong between = (registers.Rdx << 32) | registers.Rax;
        Check.Equal(0x1234, registers.Rcx, "TSC_AUX");
        Check.That(before <= between && between <= after, $"{before}, by RDTSCP {between}, {after}");
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
        Sighting start = SeeSystemTime(out ulong first);
        Time.Wait(10_000);
        Sighting end = SeeSystemTime(out ulong last);
        Instructions.WriteMsr(SystemTimeMsr, 0);
        Elapsed ticks = new(in start, in end);
        ulong microseconds = (last - first) / 1000;
        Check.That(microseconds >= 8_000, $"10 ms took {microseconds} us");
        Check.That(ticks.Agrees(Time.TicksIn(microseconds)),
            $"{microseconds} us are {ticks.Least} to {ticks.Most} ticks");
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

    private static Sighting SeeSystemTime(out ulong time)
    {
        ulong before = Instructions.ReadTimestamp();
        time = ReadSystemTime();
        return new Sighting(before, Instructions.ReadTimestamp());
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

    /// <summary>A second of the RTC takes so many ticks of the TSC.</summary>
    private static void CheckSecond(in Elapsed expected)
    {
        Elapsed best = MeasureSecond();
        for (int i = 1; i < 5 && !best.IsGood; i++)
        {
            Elapsed next = MeasureSecond();
            best = next.IsBetterThan(in best) ? next : best;
        }
        Check.That(best.Agrees(in expected),
            $"one second of the RTC took {best.Least} to {best.Most} ticks, not {expected.Least} to {expected.Most}");
    }

    private static Elapsed MeasureSecond()
    {
        Sighting first = WaitForTick();
        Sighting second = WaitForTick();
        return new Elapsed(in first, in second);
    }

    private static Sighting WaitForTick()
    {
        ulong lastLook = Instructions.ReadTimestamp();
        int second = Rtc.ReadNumber(Rtc.Seconds);
        while (true)
        {
            ulong look = Instructions.ReadTimestamp();
            if (Rtc.ReadNumber(Rtc.Seconds) != second)
            {
                return new Sighting(lastLook, Instructions.ReadTimestamp());
            }
            lastLook = look;
        }
    }
}

// SPDX-License-Identifier: MIT
using System;
using Hypervisor.Guests.Kit;
using Hypervisor.X64;

namespace Hypervisor.Guests.Tests;

/// <summary>Every timer of the board counts, and interrupts through every way that its wire can take.</summary>
internal static class TimerTests
{
    private const int Vector = 0x60;
    private const int RescueVector = 0x61;
    private const int HaltRounds = 20_000;
    private const int HaltSpan = 200_000;
    private const uint DeadlineMsr = 0x6e0;
    private const uint DeadlineFeature = 1 << 24;

    [GuestTest]
    internal static void LocalApicOneShot()
    {
        Prepare();
        LocalApic.Write(LocalApic.TimerEntry, Vector);
        LocalApic.Write(LocalApic.InitialCount, 100_000);
        Check.That(Interrupts.WaitFor(Vector, 1), "no interrupt");
        Check.That(!Interrupts.WaitFor(Vector, 2, 20_000), "a second one");
        Check.Equal(0, LocalApic.Read(LocalApic.CurrentCount), "current count at the end");
    }

    [GuestTest]
    internal static void LocalApicPeriodic()
    {
        Prepare();
        LocalApic.Write(LocalApic.TimerEntry, Vector | LocalApic.Periodic);
        LocalApic.Write(LocalApic.InitialCount, 2_000_000);
        Check.That(Interrupts.WaitFor(Vector, 5), "five interrupts");
        LocalApic.Write(LocalApic.InitialCount, 0);
        int count = Interrupts.Count(Vector);
        _ = Interrupts.WaitFor(Vector, count + 5, 20_000);
        Check.That(Interrupts.Count(Vector) <= count + 1, "interrupts after it was stopped");
    }

    [GuestTest]
    internal static void LocalApicCountsDown()
    {
        Prepare();
        LocalApic.Write(LocalApic.TimerEntry, LocalApic.Masked | Vector);
        LocalApic.Write(LocalApic.InitialCount, uint.MaxValue);
        uint first = LocalApic.Read(LocalApic.CurrentCount);
        Time.Wait(1000);
        uint second = LocalApic.Read(LocalApic.CurrentCount);
        LocalApic.Write(LocalApic.InitialCount, 0);
        Check.That(second < first && first != 0, "the count does not go down");
        LocalApic.Write(LocalApic.InitialCount, 1000);
        Check.That(!Interrupts.WaitFor(Vector, 1, 20_000), "an interrupt in spite of the mask");
    }

    [GuestTest]
    internal static void LocalApicDivides()
    {
        Prepare();
        LocalApic.Write(LocalApic.TimerEntry, LocalApic.Masked | Vector);
        ulong whole = RateOver(200_000, 0xb);
        ulong sixteenth = RateOver(200_000, 0x3);
        Check.That(whole > sixteenth * 12 && whole < sixteenth * 20,
            $"by 1 {whole}, by 16 {sixteenth} ticks per 2^20 of the TSC");
    }

    [GuestTest]
    internal static void TscDeadline()
    {
        if ((Instructions.Cpuid(1).Ecx & DeadlineFeature) == 0)
        {
            Check.Skip("no TSC deadline");
        }
        Prepare();
        LocalApic.Write(LocalApic.TimerEntry, Vector | LocalApic.TscDeadline);
        ulong far = Instructions.ReadTimestamp() + (Time.TicksPerMillisecond * 60_000);
        Instructions.WriteMsr(DeadlineMsr, far);
        Check.Equal(far, Instructions.ReadMsr(DeadlineMsr), "armed deadline");
        ulong deadline = Instructions.ReadTimestamp() + (Time.TicksPerMillisecond * 5);
        Instructions.WriteMsr(DeadlineMsr, deadline);
        Check.That(Interrupts.WaitFor(Vector, 1), "no interrupt");
        Check.That(Instructions.ReadTimestamp() >= deadline, "too early");
        Check.Equal(0, Instructions.ReadMsr(DeadlineMsr), "deadline afterwards");
        Instructions.WriteMsr(DeadlineMsr, 1);
        Check.That(Interrupts.WaitFor(Vector, 2), "no interrupt of a deadline in the past");
    }

    [GuestTest]
    internal static void PitThroughIoApic()
    {
        Prepare();
        IoApic.SetEntry(IoApic.PitPin, Vector, LocalApic.Read(LocalApic.Id));
        Pit.StartPeriodic(5000);
        bool came = Interrupts.WaitFor(Vector, 5);
        IoApic.SetEntry(IoApic.PitPin, IoApic.Masked | Vector);
        int count = Interrupts.Count(Vector);
        bool goesOn = Interrupts.WaitFor(Vector, count + 3, 30_000);
        Pit.Stop();
        Check.That(came, "five interrupts");
        Check.That(!goesOn, "interrupts in spite of the mask");
    }

    [GuestTest]
    internal static void PitThroughPic()
    {
        Prepare();
        Interrupts.ComesFromPic(Pic.FirstVector, true);
        LocalApic.Write(LocalApic.Lint0Entry, LocalApic.ExternalInterrupt);
        Pic.Initialize(0xfffe);
        Pit.StartPeriodic(5000);
        bool came = Interrupts.WaitFor(Pic.FirstVector, 5);
        Pic.SetMasks(0xffff);
        int count = Interrupts.Count(Pic.FirstVector);
        bool goesOn = Interrupts.WaitFor(Pic.FirstVector, count + 3, 30_000);
        Pit.Stop();
        LocalApic.Write(LocalApic.Lint0Entry, LocalApic.Masked);
        Check.That(came, "five interrupts");
        Check.That(!goesOn, "interrupts in spite of the mask");
    }

    [GuestTest]
    internal static void PitCountsDown()
    {
        Prepare();
        Pit.StartPeriodic(0);
        int falls = 0;
        ushort last = Pit.ReadCount();
        for (int i = 0; i < 50; i++)
        {
            Time.Wait(100);
            ushort now = Pit.ReadCount();
            falls += now < last ? 1 : 0;
            last = now;
        }
        Pit.Stop();
        Check.That(falls >= 40, "the count does not go down");
    }

    /// <summary>
    /// The timer ends at any moment around STI and HLT. What comes with STI waits for HLT, which then does not sleep
    /// (AMD APM volume 3, STI); otherwise the guest sleeps on until some other interrupt, here the PIT's.
    /// </summary>
    [GuestTest]
    internal static void NoInterruptIsLostBeforeHalt()
    {
        Prepare();
        ReadOnlySpan<byte> enableHaltDisable = [0xfb, 0xf4, 0xfa];
        IoApic.SetEntry(IoApic.PitPin, RescueVector, LocalApic.Read(LocalApic.Id));
        Pit.StartPeriodic(0);
        LocalApic.Write(LocalApic.TimerEntry, Vector);
        int early = 0;
        for (int i = 0; i < HaltRounds; i++)
        {
            LocalApic.Write(LocalApic.InitialCount, (uint)(1 + ((i * 7919) % HaltSpan)));
            _ = MachineCode.Run(enableHaltDisable);
            early += Interrupts.AddressOf(Vector) == MachineCode.Page + 1 ? 1 : 0;
        }
        Pit.Stop();
        IoApic.SetEntry(IoApic.PitPin, IoApic.Masked);
        Check.Equal(0, early, "interrupts between STI and HLT");
    }

    internal static void Prepare()
    {
        Pic.Initialize(0xffff);
        Pit.Stop();
        LocalApic.Enable();
        for (int pin = 0; pin < 24; pin++)
        {
            IoApic.SetEntry(pin, IoApic.Masked);
        }
    }

    /// <summary>Ticks of the timer in 2^20 ticks of the TSC, over at least the given time.</summary>
    private static ulong RateOver(ulong microseconds, uint divider)
    {
        LocalApic.Write(LocalApic.DivideConfiguration, divider);
        LocalApic.Write(LocalApic.InitialCount, uint.MaxValue);
        ulong start = Instructions.ReadTimestamp();
        Time.Wait(microseconds);
        uint left = LocalApic.Read(LocalApic.CurrentCount);
        ulong elapsed = Instructions.ReadTimestamp() - start;
        LocalApic.Write(LocalApic.InitialCount, 0);
        return ((ulong)(uint.MaxValue - left) << 20) / elapsed;
    }
}

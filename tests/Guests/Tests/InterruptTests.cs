// SPDX-License-Identifier: MIT
using Hypervisor.Guests.Kit;
using Hypervisor.X64;

namespace Hypervisor.Guests.Tests;

/// <summary>When interrupts come, and when they must not.</summary>
internal static class InterruptTests
{
    private const int Low = 0x51;
    private const int High = 0x91;

    [GuestTest]
    internal static void WaitForTheFlag()
    {
        TimerTests.Prepare();
        LocalApic.SendToSelf(Low);
        Time.Wait(1000);
        Check.Equal(0, Interrupts.Count(Low), "before STI");
        Check.That(Interrupts.WaitFor(Low, 1), "after STI");
        Check.Equal(1, Interrupts.Count(Low), "count");
    }

    /// <summary>
    /// Nothing comes a second time to a handler that has not acknowledged yet, for as long as it may take.
    /// </summary>
    [GuestTest]
    internal static void EachComesOnce()
    {
        TimerTests.Prepare();
        Interrupts.Dawdle(1_000_000);
        int sent = 0;
        while (sent < 50 && Interrupts.Count(Low) == sent)
        {
            LocalApic.SendToSelf(Low);
            sent++;
            _ = Interrupts.WaitFor(Low, sent);
        }

        Interrupts.Dawdle(0);
        Check.Equal(sent, Interrupts.Count(Low), "handled of those sent");
        Check.Equal(50, sent, "sent");
    }

    [GuestTest]
    internal static void HighestFirst()
    {
        TimerTests.Prepare();
        LocalApic.SendToSelf(Low);
        LocalApic.SendToSelf(High);
        Check.That(Interrupts.WaitFor(Low, 1) && Interrupts.Count(High) == 1, "both came");
        Check.Equal(Low, Interrupts.LastVector, "the last one");
    }

    [GuestTest]
    internal static void TaskPriorityHoldsBack()
    {
        TimerTests.Prepare();
        Instructions.WriteCr8(6);
        Check.Equal(0x60, LocalApic.Read(LocalApic.TaskPriority), "the APIC's register after CR8");
        LocalApic.SendToSelf(Low);
        LocalApic.SendToSelf(High);
        Check.That(Interrupts.WaitFor(High, 1), "the high one");
        bool early = Interrupts.WaitFor(Low, 1, 5_000);
        LocalApic.Write(LocalApic.TaskPriority, 0);
        Check.Equal(0, Instructions.ReadCr8(), "CR8 after the APIC's register");
        Check.That(!early, "the low one before its time");
        Check.That(Interrupts.WaitFor(Low, 1), "the low one");
    }

    [GuestTest]
    internal static void StiShadow()
    {
        TimerTests.Prepare();
        LocalApic.SendToSelf(Low);
        // sti; cli: nothing gets in between
        _ = MachineCode.Run([0xfb, 0xfa]);
        Check.Equal(0, Interrupts.Count(Low), "between STI and CLI");
        // sti; nop; cli
        _ = MachineCode.Run([0xfb, 0x90, 0xfa]);
        Check.Equal(1, Interrupts.Count(Low), "after the shadow");
        Check.Equal(MachineCode.Page + 2, Interrupts.LastAddress, "where it came");
    }

    [GuestTest]
    internal static void StiShadowOverAnExit()
    {
        TimerTests.Prepare();
        LocalApic.SendToSelf(Low);
        // push rbx; xor eax, eax; sti; cpuid; nop; cli; pop rbx: CPUID is in the shadow, and the shadow ends with it
        _ = MachineCode.Run([0x53, 0x31, 0xc0, 0xfb, 0x0f, 0xa2, 0x90, 0xfa, 0x5b]);
        Check.Equal(1, Interrupts.Count(Low), "count");
        Check.Equal(MachineCode.Page + 6, Interrupts.LastAddress, "where it came");
    }

    [GuestTest]
    internal static void MovSsShadow()
    {
        TimerTests.Prepare();
        LocalApic.Write(LocalApic.TaskPriority, 0xf0);
        LocalApic.SendToSelf(Low);
        // xor ecx, ecx; mov eax, ss; sti; nop; mov ss, eax; mov cr8, rcx; nop; cli: what CR8 lets through waits for the
        // NOP in no case: the shadow of MOV SS covers MOV CR8 and ends with it
        _ = MachineCode.Run([0x31, 0xc9, 0x8c, 0xd0, 0xfb, 0x90, 0x8e, 0xd0, 0x44, 0x0f, 0x22, 0xc1, 0x90, 0xfa]);
        Check.Equal(1, Interrupts.Count(Low), "count");
        Check.Equal(MachineCode.Page + 12, Interrupts.LastAddress, "where it came");
    }

    [GuestTest]
    internal static void HaltWakes()
    {
        TimerTests.Prepare();
        LocalApic.Write(LocalApic.TimerEntry, Low);
        LocalApic.Write(LocalApic.InitialCount, 500_000);
        Instructions.EnableInterruptsAndHalt();
        Instructions.DisableInterrupts();
        Check.Equal(1, Interrupts.Count(Low), "interrupts after HLT");
    }

    [GuestTest]
    internal static void HaltDoesNotSleepThroughWhatIsPending()
    {
        TimerTests.Prepare();
        LocalApic.SendToSelf(Low);
        Instructions.EnableInterruptsAndHalt();
        Instructions.DisableInterrupts();
        Check.Equal(1, Interrupts.Count(Low), "interrupts after HLT");
    }

    [GuestTest]
    internal static void NonMaskable()
    {
        TimerTests.Prepare();
        LocalApic.SendToSelf(LocalApic.Nmi);
        Time.Wait(1000);
        Check.Equal(1, Interrupts.Count(Interrupts.Nmi), "NMIs with interrupts off");
        LocalApic.SendToSelf(LocalApic.Nmi);
        Time.Wait(1000);
        Check.Equal(2, Interrupts.Count(Interrupts.Nmi), "NMIs after the first has returned");
    }

    /// <summary>
    /// One instruction asks for an NMI and is stepped: the trap is delivered first, and the NMI comes before its
    /// handler's first instruction.
    /// </summary>
    [GuestTest]
    internal static void NonMaskableBesideATrap()
    {
        TimerTests.Prepare();
        LocalApic.Write(LocalApic.CommandHigh, LocalApic.Read(LocalApic.Id));
        ulong command = LocalApic.Base + LocalApic.CommandLow;
        RegisterFile registers = new() { Rdi = command, Rsi = LocalApic.Assert | LocalApic.Nmi };
        // pushfq; or word [rsp], TF; popfq; mov [rdi], esi
        int vector = MachineCode.Run([0x9c, 0x66, 0x81, 0x0c, 0x24, 0x00, 0x01, 0x9d, 0x89, 0x37], ref registers);
        Check.Equal(Interrupts.Debug, vector, "the trap");
        Check.Equal(1, Interrupts.Count(Interrupts.Nmi), "NMIs");
        Check.Equal(Interrupts.HandlerOf(Interrupts.Debug), Interrupts.AddressOf(Interrupts.Nmi), "where the NMI came");
    }

    [GuestTest]
    internal static void IoApicKeepsItsTable()
    {
        IoApic.SetEntry(5, IoApic.Masked | IoApic.LevelTriggered | 0x77, 0x01000000);
        Check.Equal(IoApic.Masked | IoApic.LevelTriggered | 0x77, IoApic.GetEntry(5), "low half");
        Check.Equal(23, (IoApic.Read(IoApic.VersionRegister) >> 16) & 0xff, "highest pin");
        IoApic.SetEntry(5, IoApic.Masked);
    }

    [GuestTest]
    internal static void ErrorsOfTheApicAreRecorded()
    {
        if (!GuestMachine.HasKvmInterface)
        {
            Check.Skip("QEMU delivers illegal vectors");
        }
        TimerTests.Prepare();
        LocalApic.Write(LocalApic.ErrorStatus, 0);
        LocalApic.SendToSelf(0x05);
        LocalApic.Write(LocalApic.ErrorStatus, 0);
        Check.That((LocalApic.Read(LocalApic.ErrorStatus) & 0x60) != 0, "illegal vector");
        LocalApic.Write(LocalApic.ErrorStatus, 0);
    }
}

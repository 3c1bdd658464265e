// SPDX-License-Identifier: MIT
using Hypervisor.Guests.Kit;
using Hypervisor.X64;

namespace Hypervisor.Guests.Tests;

/// <summary>The local APIC as model-specific registers (SDM 3A, 11.12).</summary>
internal static class X2ApicTests
{
    private const uint BaseMsr = 0x1b;
    private const uint IdMsr = 0x802;
    private const uint VersionMsr = 0x803;
    private const uint SelfIpiMsr = 0x83f;
    private const uint EndOfInterruptMsr = 0x80b;
    private const uint InitialCountMsr = 0x838;
    private const ulong Enable = 1 << 11;
    private const ulong Extended = 1 << 10;
    private const uint Feature = 1 << 21;
    private const int Vector = 0x72;

    [GuestTest]
    internal static void SpeaksThroughMsrs()
    {
        if ((Instructions.Cpuid(1).Ecx & Feature) == 0)
        {
            Check.Skip("no x2APIC");
        }
        TimerTests.Prepare();
        uint id = LocalApic.Read(LocalApic.Id) >> 24;
        uint version = LocalApic.Read(LocalApic.Version);
        ulong before = Instructions.ReadMsr(BaseMsr);
        Instructions.WriteMsr(BaseMsr, before | Extended);
        ulong seenId = Instructions.ReadMsr(IdMsr);
        ulong seenVersion = Instructions.ReadMsr(VersionMsr);
        Instructions.WriteMsr(InitialCountMsr, 0x12345678);
        ulong count = Instructions.ReadMsr(InitialCountMsr);
        Instructions.WriteMsr(InitialCountMsr, 0);
        Instructions.WriteMsr(SelfIpiMsr, Vector);
        Instructions.EnableInterrupts();
        Instructions.Pause();
        Instructions.DisableInterrupts();
        // The handler's EOI went to the page, which is gone in this mode.
        Instructions.WriteMsr(EndOfInterruptMsr, 0);
        Instructions.WriteMsr(BaseMsr, before & ~(Enable | Extended));
        Instructions.WriteMsr(BaseMsr, before);
        LocalApic.Enable();
        Check.Equal(id, seenId, "ID");
        Check.Equal(version, seenVersion, "version");
        Check.Equal(0x12345678, count, "initial count");
        Check.Equal(1, Interrupts.Count(Vector), "interrupts sent to itself");
    }

    [GuestTest]
    internal static void RefusesBadSteps()
    {
        if ((Instructions.Cpuid(1).Ecx & Feature) == 0)
        {
            Check.Skip("no x2APIC");
        }
        // EXTD without EN is no state of the machine.
        ulong value = Instructions.ReadMsr(BaseMsr) & ~Enable | Extended;
        RegisterFile registers = new() { Rcx = BaseMsr, Rax = (uint)value, Rdx = value >> 32 };
        Check.Equal(Interrupts.GeneralProtection, MachineCode.Run([0x0f, 0x30], ref registers), "WRMSR");
    }
}

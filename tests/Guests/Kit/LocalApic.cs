// SPDX-License-Identifier: MIT
using Hypervisor.X64;

namespace Hypervisor.Guests.Kit;

/// <summary>The local APIC through its page (xAPIC mode).</summary>
internal static class LocalApic
{
    internal const ulong Base = 0xfee00000;
    internal const uint Id = 0x20;
    internal const uint Version = 0x30;
    internal const uint TaskPriority = 0x80;
    internal const uint LogicalDestination = 0xd0;
    internal const uint SpuriousVector = 0xf0;
    internal const uint ErrorStatus = 0x280;
    internal const uint CommandLow = 0x300;
    internal const uint CommandHigh = 0x310;
    internal const uint TimerEntry = 0x320;
    internal const uint Lint0Entry = 0x350;
    internal const uint InitialCount = 0x380;
    internal const uint CurrentCount = 0x390;
    internal const uint DivideConfiguration = 0x3e0;

    internal const uint Masked = 1 << 16;
    internal const uint Periodic = 1 << 17;
    internal const uint TscDeadline = 1 << 18;
    internal const uint Nmi = 4 << 8;
    internal const uint ExternalInterrupt = 7 << 8;
    internal const uint Assert = 1 << 14;

    private const uint BaseMsr = 0x1b;
    private const uint EndOfInterruptRegister = 0xb0;
    private const uint SoftwareEnable = 0x100;

    internal static bool IsBootProcessor => (Instructions.ReadMsr(BaseMsr) & 0x100) != 0;

    internal static uint Read(uint register) => Mmio.Read(Base + register);

    internal static void Write(uint register, uint value) => Mmio.Write(Base + register, value);

    internal static void EndOfInterrupt() => Write(EndOfInterruptRegister, 0);

    /// <summary>On, with spurious vector 0xff, everything else masked, all priorities let through.</summary>
    internal static void Enable()
    {
        Write(SpuriousVector, SoftwareEnable | 0xff);
        Write(TimerEntry, Masked);
        Write(Lint0Entry, Masked);
        Write(TaskPriority, 0);
        Write(DivideConfiguration, 0xb);
    }

    internal static void SendToSelf(uint vectorAndMode)
    {
        Write(CommandHigh, Read(Id));
        Write(CommandLow, vectorAndMode | Assert);
        while ((Read(CommandLow) & 0x1000) != 0)
        {
            Instructions.Pause();
        }
    }
}

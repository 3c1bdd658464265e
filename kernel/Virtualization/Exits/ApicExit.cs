// SPDX-License-Identifier: MIT
namespace Hypervisor.Virtualization.Exits;

/// <summary>What a processor that delivers interrupts leaves to the local APIC: the instruction is done.</summary>
internal static class ApicExit
{
    public static ExitAction HandleWrite(VirtualCpu cpu)
    {
        cpu.Interrupts.Written(cpu.Exit.ApicRegister);
        EventDelivery.RaisePendingTrap(cpu);
        return ExitAction.Resume;
    }

    public static ExitAction HandleEnd(VirtualCpu cpu)
    {
        cpu.Interrupts.Ended((byte)cpu.Exit.ApicRegister);
        EventDelivery.RaisePendingTrap(cpu);
        return ExitAction.Resume;
    }
}

// SPDX-License-Identifier: MIT
using Hypervisor.Virtualization.Emulation;

namespace Hypervisor.Virtualization.Exits;

/// <summary>
/// RDTSC and RDTSCP, where the VM's clock has them leave the guest; the bytes tell which of the two it was.
/// </summary>
internal static class TimestampExit
{
    public static ExitAction Handle(VirtualCpu cpu)
    {
        ExitAction outcome = InstructionLengths.ResolveTimestamp(cpu, out ulong next, out bool isRdtscp);
        if (outcome != ExitAction.NextInstruction)
        {
            return outcome;
        }

        ref GuestRegisters registers = ref cpu.Registers;
        ulong now = cpu.Clock.TimestampCounter + cpu.TimestampAdjust;
        registers.Rax = (uint)now;
        registers.Rdx = now >> 32;
        if (isRdtscp)
        {
            registers.Rcx = cpu.TscAux;
        }

        cpu.Exit.NextRip = next;
        return ExitAction.NextInstruction;
    }
}

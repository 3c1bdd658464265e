// SPDX-License-Identifier: MIT
namespace Hypervisor.Virtualization.Exits;

/// <summary>RDMSR and WRMSR of registers that the processor does not switch.</summary>
internal static class MsrExit
{
    public static ExitAction Handle(VirtualCpu cpu)
    {
        ref GuestRegisters registers = ref cpu.Registers;
        uint index = (uint)registers.Rcx;
        if (cpu.Exit.IsWrite)
        {
            ulong written = (uint)registers.Rax | (registers.Rdx << 32);
            return cpu.Msrs.TryWrite(cpu, index, written) ? ExitAction.NextInstruction : Refuse(cpu, index);
        }

        if (!cpu.Msrs.TryRead(cpu, index, out ulong value))
        {
            return Refuse(cpu, index);
        }

        registers.Rax = (uint)value;
        registers.Rdx = value >> 32;
        return ExitAction.NextInstruction;
    }

    private static ExitAction Refuse(VirtualCpu cpu, uint index)
    {
        ExitLog.RefusedMsr(cpu, index);
        return cpu.RaiseGeneralProtection();
    }
}

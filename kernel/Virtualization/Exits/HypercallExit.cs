// SPDX-License-Identifier: MIT
namespace Hypervisor.Virtualization.Exits;

/// <summary>VMMCALL and VMCALL in KVM's signature; outside 64-bit mode the registers are 32 bits wide.</summary>
internal static class HypercallExit
{
    /// <summary>The answer to a program's call: hypercalls are the kernel's (-KVM_EPERM).</summary>
    private const ulong NotPermitted = unchecked((ulong)-1);

    public static ExitAction Handle(VirtualCpu cpu)
    {
        if (cpu.PrivilegeLevel == 0)
        {
            return Call(cpu);
        }

        cpu.Registers.Rax = NotPermitted;
        return ExitAction.NextInstruction;
    }

    private static ExitAction Call(VirtualCpu cpu)
    {
        ref GuestRegisters registers = ref cpu.Registers;
        if (cpu.IsIn64BitCode)
        {
            registers.Rax = cpu.Ports.Hypercall(cpu, registers.Rax, registers.Rbx, registers.Rcx, registers.Rdx,
                registers.Rsi);
        }
        else
        {
            registers.Rax = (uint)cpu.Ports.Hypercall(cpu, (uint)registers.Rax, (uint)registers.Rbx,
                (uint)registers.Rcx, (uint)registers.Rdx, (uint)registers.Rsi);
        }

        return ExitAction.NextInstruction;
    }
}

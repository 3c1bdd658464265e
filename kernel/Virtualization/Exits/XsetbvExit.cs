// SPDX-License-Identifier: MIT
namespace Hypervisor.Virtualization.Exits;

/// <summary>XSETBV: sets XCR0 where the components are the guest's to enable.</summary>
internal static class XsetbvExit
{
    public static ExitAction Handle(VirtualCpu cpu)
    {
        ref GuestRegisters registers = ref cpu.Registers;
        ulong value = (uint)registers.Rax | (registers.Rdx << 32);
        if (cpu.PrivilegeLevel != 0 || (uint)registers.Rcx != 0 || !cpu.Vendor.ExtendedState.IsValid(value))
        {
            return cpu.RaiseGeneralProtection();
        }

        cpu.Xcr0 = value;
        return ExitAction.NextInstruction;
    }
}

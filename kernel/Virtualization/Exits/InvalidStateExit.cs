// SPDX-License-Identifier: MIT
using Hypervisor.Virtualization.Emulation;

namespace Hypervisor.Virtualization.Exits;

/// <summary>
/// The processor refused the guest's state. QEMU does so in the middle of a guest that writes a reserved bit of CR3 or
/// CR4, where a processor raises #GP: such a MOV gets its #GP. Anything else ends the VM.
/// </summary>
internal static class InvalidStateExit
{
    public static ExitAction Handle(VirtualCpu cpu)
    {
        if (cpu.Exit.Explanation is { } explanation)
        {
            return cpu.StopWith("the processor refused to enter the guest", explanation, cpu.Exit.RawDetail1);
        }

        if (ControlMoves.IsWriteOfControlRegister(cpu))
        {
            return cpu.RaiseGeneralProtection();
        }

        return cpu.StopWith("the processor refused the guest's state", detail: cpu.Exit.RawDetail1);
    }
}

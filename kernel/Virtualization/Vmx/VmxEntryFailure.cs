// SPDX-License-Identifier: MIT
using Hypervisor.X64;

namespace Hypervisor.Virtualization.Vmx;

/// <summary>An entry that the processor refused, in words (SDM volume 3, 27.8 and 31.4).</summary>
internal static class VmxEntryFailure
{
    private const uint FailedEntry = 1u << 31;

    /// <summary>
    /// Fills the exit and the reason; the VM stops then, because nothing that the guest does gets it here.
    /// </summary>
    public static void Decode(VmxVirtualCpu cpu, in VmxContext context)
    {
        ref VmExit exit = ref cpu.Exit;
        exit.Kind = ExitKind.InvalidState;
        exit.RawDetail2 = 0;
        if (context.ExitReason == VmxContext.Refused)
        {
            exit.RawDetail1 = cpu.Vmcs.Read(VmcsField32.InstructionError);
            exit.Explanation = ErrorText((uint)exit.RawDetail1);
        }
        else
        {
            var reason = (VmxExitReason)(exit.RawCode & ~FailedEntry);
            if (reason == VmxExitReason.MachineCheckDuringEntry)
            {
                Instructions.RaiseMachineCheck();
            }

            exit.RawDetail1 = context.Qualification;
            exit.Explanation = reason switch
            {
                VmxExitReason.MsrLoading => "an MSR of the entry could not be loaded",
                VmxExitReason.MachineCheckDuringEntry => "a machine check during the entry",
                _ => "guest state that the manual forbids",
            };
        }

        // What the processor will not tell: which of its checks failed.
        exit.Explanation = VmxEntryChecks.FindViolation(cpu.Vmcs, cpu.Capabilities, in cpu.Registers)
            ?? exit.Explanation;
    }

    /// <summary>VM-instruction errors of VMLAUNCH and VMRESUME.</summary>
    private static string ErrorText(uint error) => error switch
    {
        4 => "VMLAUNCH with a VMCS that is not clear",
        5 => "VMRESUME with a VMCS that was not launched",
        6 => "VMRESUME after VMXOFF",
        7 => "VM entry with invalid control fields",
        8 => "VM entry with invalid host-state fields",
        12 => "a VMCS component that the processor does not have",
        26 => "VM entry with events blocked by MOV SS",
        _ => "an error that the manual lists under its number",
    };
}

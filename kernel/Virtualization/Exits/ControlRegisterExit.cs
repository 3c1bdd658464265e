// SPDX-License-Identifier: MIT
using Hypervisor.Virtualization.Emulation;

namespace Hypervisor.Virtualization.Exits;

/// <summary>Moves to and from control registers, CLTS, LMSW and SMSW.</summary>
internal static class ControlRegisterExit
{
    public static ExitAction Handle(VirtualCpu cpu, in RegisterMove move)
    {
        if (!move.IsKnown)
        {
            return ControlMoves.Execute(cpu);
        }

        return move.IsWrite
            ? Write(cpu, move.Register, cpu.ReadForMove(move.General))
            : Read(cpu, move.Register, move.General);
    }

    /// <summary>MOV CRn; also what LMSW and CLTS amount to.</summary>
    internal static ExitAction Write(VirtualCpu cpu, int register, ulong value)
    {
        bool isValid = register switch
        {
            0 => ControlRegisterRules.TryWriteCr0(cpu, value),
            2 => TryWriteCr2(cpu, value),
            3 => ControlRegisterRules.TryWriteCr3(cpu, value),
            4 => ControlRegisterRules.TryWriteCr4(cpu, value),
            8 => ControlRegisterRules.TryWriteCr8(cpu, value),
            _ => false,
        };
        return isValid ? ExitAction.NextInstruction : cpu.RaiseGeneralProtection();
    }

    internal static ExitAction Read(VirtualCpu cpu, int register, int general)
    {
        cpu.Registers.General[general] = register switch
        {
            0 => cpu.ReadState(StateRegister.Cr0),
            2 => cpu.ReadState(StateRegister.Cr2),
            3 => cpu.ReadState(StateRegister.Cr3),
            4 => cpu.ReadState(StateRegister.Cr4),
            _ => cpu.Interrupts.TaskPriorityClass,
        };
        return ExitAction.NextInstruction;
    }

    private static bool TryWriteCr2(VirtualCpu cpu, ulong value)
    {
        cpu.WriteState(StateRegister.Cr2, value);
        return true;
    }
}

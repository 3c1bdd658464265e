// SPDX-License-Identifier: MIT
using Hypervisor.Virtualization.Emulation;
using Hypervisor.X64;

namespace Hypervisor.Virtualization.Exits;

/// <summary>Moves to and from debug registers, where a vendor intercepts them (APM volume 2, 13.1.1).</summary>
internal static class DebugRegisterExit
{
    private const ulong WritableDr6 = 0xE00F;
    private const ulong WritableDr7 = 0xFFFF_23FF;

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

    internal static ExitAction Write(VirtualCpu cpu, int register, ulong value)
    {
        ExitAction fault = FindFault(cpu, ref register);
        if (fault != ExitAction.Resume)
        {
            return fault;
        }

        if (register >= 6 && value > uint.MaxValue)
        {
            return cpu.RaiseGeneralProtection();
        }

        switch (register)
        {
            case 6:
                cpu.WriteState(StateRegister.Dr6, (value & WritableDr6) | Dr6.ResetValue);
                break;
            case 7:
                cpu.WriteState(StateRegister.Dr7, (value & WritableDr7) | Dr7.ResetValue);
                break;
            default:
                cpu.WriteBreakpoint(register, value);
                break;
        }

        return ExitAction.NextInstruction;
    }

    internal static ExitAction Read(VirtualCpu cpu, int register, int general)
    {
        ExitAction fault = FindFault(cpu, ref register);
        if (fault != ExitAction.Resume)
        {
            return fault;
        }

        cpu.Registers.General[general] = register switch
        {
            6 => cpu.ReadState(StateRegister.Dr6),
            7 => cpu.ReadState(StateRegister.Dr7),
            _ => cpu.ReadBreakpoint(register),
        };
        return ExitAction.NextInstruction;
    }

    /// <summary>
    /// #DB where DR7.GD guards the registers, #UD for DR4 and DR5 with CR4.DE; without it they are DR6 and DR7.
    /// </summary>
    private static ExitAction FindFault(VirtualCpu cpu, ref int register)
    {
        if (register is 4 or 5)
        {
            if (new Cr4(cpu.ReadState(StateRegister.Cr4)).DebuggingExtensions)
            {
                return cpu.RaiseInvalidOpcode();
            }

            register += 2;
        }

        if (register > 7)
        {
            return cpu.RaiseInvalidOpcode();
        }

        if (new Dr7(cpu.ReadState(StateRegister.Dr7)).GeneralDetect)
        {
            var status = new Dr6(cpu.ReadState(StateRegister.Dr6));
            cpu.WriteState(StateRegister.Dr6, (status with { DebugRegisterAccess = true }).Value);
            return cpu.Raise(ExceptionVector.Debug);
        }

        return ExitAction.Resume;
    }
}

// SPDX-License-Identifier: MIT
using Hypervisor.Virtualization.Exits;
using Hypervisor.X64;

namespace Hypervisor.Virtualization.Emulation;

/// <summary>
/// Moves to and from control and debug registers, CLTS, LMSW and SMSW, where the processor does not report the operands
/// (AMD without decode assists).
/// </summary>
internal static class ControlMoves
{
    private const ulong MachineStatusBits = 0xF;
    private const ulong ProtectionBit = 1;

    /// <summary>True where the guest stands at a MOV to a control register.</summary>
    public static bool IsWriteOfControlRegister(VirtualCpu cpu) =>
        Decode(cpu, out DecodedInstruction instruction) == ExitAction.NextInstruction
        && instruction.Operation == EmulatedOperation.MoveToControl;

    public static ExitAction Execute(VirtualCpu cpu)
    {
        ExitAction outcome = Decode(cpu, out DecodedInstruction instruction);
        if (outcome != ExitAction.NextInstruction)
        {
            return outcome;
        }

        cpu.Exit.NextRip = InstructionLengths.Advance(cpu, instruction.CodeBits, instruction.Length);
        switch (instruction.Operation)
        {
            case EmulatedOperation.MoveToControl:
                return ControlRegisterExit.Write(cpu, instruction.DestinationRegister,
                    cpu.ReadForMove(instruction.SourceRegister));
            case EmulatedOperation.MoveFromControl:
                return ControlRegisterExit.Read(cpu, instruction.SourceRegister, instruction.DestinationRegister);
            case EmulatedOperation.MoveToDebug:
                return DebugRegisterExit.Write(cpu, instruction.DestinationRegister,
                    cpu.ReadForMove(instruction.SourceRegister));
            case EmulatedOperation.MoveFromDebug:
                return DebugRegisterExit.Read(cpu, instruction.SourceRegister, instruction.DestinationRegister);
            case EmulatedOperation.ClearTaskSwitched:
                var cleared = new Cr0(cpu.ReadState(StateRegister.Cr0)) with { TaskSwitched = false };
                return ControlRegisterExit.Write(cpu, 0, cleared.Value);
            case EmulatedOperation.LoadMachineStatus:
                return LoadMachineStatus(cpu, in instruction);
            case EmulatedOperation.StoreMachineStatus when instruction.Destination == OperandPlace.Register:
                Operands.WriteRegister(ref cpu.Registers, OperandPlace.Register, instruction.DestinationRegister,
                    instruction.Size, cpu.ReadState(StateRegister.Cr0));
                return ExitAction.NextInstruction;
            default:
                return ExitAction.Resume;
        }
    }

    /// <summary>LMSW sets the low four bits of CR0, but cannot clear PE.</summary>
    private static ExitAction LoadMachineStatus(VirtualCpu cpu, in DecodedInstruction instruction)
    {
        ulong source;
        if (instruction.Destination == OperandPlace.Memory)
        {
            ExitAction outcome = LinearMemory.Read(
                cpu, Operands.LinearAddress(cpu, in instruction, 2), 2, WalkAccess.Read, out source);
            if (outcome != ExitAction.NextInstruction)
            {
                return outcome;
            }
        }
        else
        {
            source = cpu.Registers.General[instruction.DestinationRegister];
        }

        ulong old = cpu.ReadState(StateRegister.Cr0);
        ulong value = (old & ~MachineStatusBits) | (source & MachineStatusBits) | (old & ProtectionBit);
        return ControlRegisterExit.Write(cpu, 0, value);
    }

    private static ExitAction Decode(VirtualCpu cpu, out DecodedInstruction instruction)
    {
        int bits = cpu.CodeBits;
        ulong linear = cpu.LinearRip(bits);
        instruction = default;
        ExitAction fetched = InstructionFetcher.Fetch(cpu, linear);
        return fetched == ExitAction.NextInstruction
            ? DecodedInstructions.Find(cpu, linear, bits, out instruction)
            : fetched;
    }
}

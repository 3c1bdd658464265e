// SPDX-License-Identifier: MIT
using System.Buffers.Binary;
using Hypervisor.Memory;

namespace Hypervisor.Virtualization.Emulation;

/// <summary>MOV, MOVNTI, MOVZX, MOVSX, MOVSXD and MOVBE between memory and a register or a constant.</summary>
internal static class MoveInstructions
{
    public static ExitAction Execute(VirtualCpu cpu, in DecodedInstruction instruction, GuestPhysical fault)
    {
        OperandAddress address = Operands.Locate(cpu, in instruction, fault);
        if (instruction.Destination == OperandPlace.Memory)
        {
            ulong stored = Operands.ReadSource(cpu, in instruction, instruction.Size);
            if (instruction.Operation == EmulatedOperation.MoveSwapped)
            {
                stored = Swap(stored, instruction.Size);
            }

            return Operands.Write(cpu, in address, instruction.Size, stored);
        }

        ExitAction outcome = Operands.Read(
            cpu, in address, instruction.SourceSize, WalkAccess.Read, out ulong value);
        if (outcome != ExitAction.NextInstruction)
        {
            return outcome;
        }

        if (instruction.Operation == EmulatedOperation.MoveSignExtended)
        {
            value = Arithmetic.SignExtend(value, instruction.SourceSize);
        }
        else if (instruction.Operation == EmulatedOperation.MoveSwapped)
        {
            value = Swap(value, instruction.Size);
        }

        Operands.WriteRegister(ref cpu.Registers, instruction.Destination, instruction.DestinationRegister,
            instruction.Size, value);
        return ExitAction.NextInstruction;
    }

    private static ulong Swap(ulong value, int size) => BinaryPrimitives.ReverseEndianness(value) >> (64 - (8 * size));
}

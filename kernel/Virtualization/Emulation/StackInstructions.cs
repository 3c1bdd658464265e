// SPDX-License-Identifier: MIT
namespace Hypervisor.Virtualization.Emulation;

/// <summary>PUSH and POP: of memory, or of anything where the stack lies on a device.</summary>
internal static class StackInstructions
{
    private const int Rsp = 4;

    public static ExitAction Execute(VirtualCpu cpu, in DecodedInstruction instruction)
    {
        int size = instruction.Size;
        int width = StackWidth(cpu, instruction.CodeBits);
        ulong pointer = LinearMemory.Truncate(cpu.Registers.Rsp, width);
        if (instruction.Operation == EmulatedOperation.Push)
        {
            ExitAction read = ReadPushed(cpu, in instruction, out ulong pushed);
            if (read != ExitAction.NextInstruction)
            {
                return read;
            }

            ulong top = LinearMemory.Truncate(pointer - (ulong)size, width);
            ExitAction written = LinearMemory.Write(cpu, StackAddress(cpu, in instruction, top), size, pushed);
            return Finish(cpu, written, top, width);
        }

        ExitAction outcome = LinearMemory.Read(
            cpu, StackAddress(cpu, in instruction, pointer), size, WalkAccess.Read, out ulong value);
        if (outcome != ExitAction.NextInstruction)
        {
            return outcome;
        }

        // POP with RSP in its address uses the value after the increment.
        ulong old = cpu.Registers.Rsp;
        _ = Finish(cpu, outcome, LinearMemory.Truncate(pointer + (ulong)size, width), width);
        outcome = WritePopped(cpu, in instruction, value);
        if (outcome != ExitAction.NextInstruction)
        {
            cpu.Registers.Rsp = old;
        }

        return outcome;
    }

    /// <summary>Memory, a register or a constant: the stack may be the device.</summary>
    private static ExitAction ReadPushed(VirtualCpu cpu, in DecodedInstruction instruction, out ulong value)
    {
        int size = instruction.Size;
        if (instruction.Destination == OperandPlace.Memory)
        {
            LinearPlace source = Operands.LinearAddress(cpu, in instruction, size);
            return LinearMemory.Read(cpu, source, size, WalkAccess.Read, out value);
        }

        value = instruction.Destination == OperandPlace.Immediate
            ? LinearMemory.Truncate(instruction.Immediate, size)
            : Operands.ReadRegister(ref cpu.Registers, OperandPlace.Register, instruction.DestinationRegister, size);
        return ExitAction.NextInstruction;
    }

    private static ExitAction WritePopped(VirtualCpu cpu, in DecodedInstruction instruction, ulong value)
    {
        int size = instruction.Size;
        if (instruction.Destination == OperandPlace.Memory)
        {
            return LinearMemory.Write(cpu, Operands.LinearAddress(cpu, in instruction, size), size, value);
        }

        Operands.WriteRegister(
            ref cpu.Registers, OperandPlace.Register, instruction.DestinationRegister, size, value);
        return ExitAction.NextInstruction;
    }

    private static ExitAction Finish(VirtualCpu cpu, ExitAction outcome, ulong pointer, int width)
    {
        if (outcome == ExitAction.NextInstruction)
        {
            Operands.WriteRegister(ref cpu.Registers, OperandPlace.Register, Rsp, width, pointer);
        }

        return outcome;
    }

    private static int StackWidth(VirtualCpu cpu, int codeBits) =>
        codeBits == 64 ? 8 : cpu.ReadSegment(SegmentRegister.Ss).IsDefault32 ? 4 : 2;

    private static LinearPlace StackAddress(VirtualCpu cpu, in DecodedInstruction instruction, ulong offset) =>
        Operands.AddSegment(cpu, in instruction, SegmentRegister.Ss, offset, instruction.Size);
}

// SPDX-License-Identifier: MIT
using Hypervisor.Memory;

namespace Hypervisor.Virtualization.Emulation;

/// <summary>PUSH and POP with a memory operand.</summary>
internal static class StackInstructions
{
    private const int Rsp = 4;

    public static ExitAction Execute(VirtualCpu cpu, in DecodedInstruction instruction, GuestPhysical fault)
    {
        int size = instruction.Size;
        int width = StackWidth(cpu, instruction.CodeBits);
        ulong pointer = LinearMemory.Truncate(cpu.Registers.Rsp, width);
        if (instruction.Operation == EmulatedOperation.Push)
        {
            OperandAddress source = Operands.Locate(cpu, in instruction, fault);
            source.IsKnown = false;
            ExitAction read = Operands.Read(cpu, in source, size, out ulong pushed);
            if (read != ExitAction.NextInstruction)
            {
                return read;
            }

            ulong top = LinearMemory.Truncate(pointer - (ulong)size, width);
            ExitAction written = LinearMemory.Write(cpu, StackAddress(cpu, in instruction, top), size, pushed);
            return Finish(cpu, written, top, width);
        }

        ExitAction outcome = LinearMemory.Read(cpu, StackAddress(cpu, in instruction, pointer), size, out ulong value);
        if (outcome != ExitAction.NextInstruction)
        {
            return outcome;
        }

        // POP with RSP in its address uses the value after the increment.
        ulong old = cpu.Registers.Rsp;
        _ = Finish(cpu, outcome, LinearMemory.Truncate(pointer + (ulong)size, width), width);
        outcome = LinearMemory.Write(cpu, Operands.LinearAddress(cpu, in instruction), size, value);
        if (outcome != ExitAction.NextInstruction)
        {
            cpu.Registers.Rsp = old;
        }

        return outcome;
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

    private static ulong StackAddress(VirtualCpu cpu, in DecodedInstruction instruction, ulong offset) =>
        Operands.AddSegment(cpu, in instruction, SegmentRegister.Ss, offset);
}

// SPDX-License-Identifier: MIT
using Hypervisor.Memory;
using Hypervisor.X64;

namespace Hypervisor.Virtualization.Emulation;

/// <summary>
/// Moves of 4, 8 and 16 bytes between memory and an XMM register (SSE): in pieces of at most eight bytes.
/// </summary>
internal static class VectorInstructions
{
    private const int Half = 8;
    private const int Whole = 16;

    public static ExitAction Execute(VirtualCpu cpu, in DecodedInstruction instruction, GuestPhysical fault)
    {
        bool isStore = instruction.Destination == OperandPlace.Memory;
        OperandPlace other = isStore ? instruction.Source : instruction.Destination;
        if (other != OperandPlace.Vector)
        {
            return Emulator.Refuse(cpu, in instruction, fault);
        }

        int size = isStore ? instruction.Size : instruction.SourceSize;
        LinearPlace linear = Operands.LinearAddress(cpu, in instruction, size);
        VectorState.Store(ref cpu.Registers.Vector);
        return isStore
            ? Store(cpu, linear, instruction.SourceRegister, size)
            : Load(cpu, linear, instruction.DestinationRegister, size);
    }

    /// <summary>Loads of less than a whole register clear the rest of it.</summary>
    private static ExitAction Load(VirtualCpu cpu, LinearPlace linear, int register, int size)
    {
        ulong high = 0;
        int first = size == Whole ? Half : size;
        ExitAction outcome = LinearMemory.Read(cpu, linear, first, WalkAccess.Read, out ulong low);
        if (outcome == ExitAction.NextInstruction && size == Whole)
        {
            outcome = LinearMemory.Read(cpu, linear.Add(Half), Half, WalkAccess.Read, out high);
        }

        if (outcome == ExitAction.NextInstruction)
        {
            cpu.Registers.Vector[2 * register] = low;
            cpu.Registers.Vector[(2 * register) + 1] = high;
            VectorState.Load(ref cpu.Registers.Vector);
        }

        return outcome;
    }

    private static ExitAction Store(VirtualCpu cpu, LinearPlace linear, int register, int size)
    {
        ulong low = cpu.Registers.Vector[2 * register];
        if (size != Whole)
        {
            return LinearMemory.Write(cpu, linear, size, low);
        }

        // The second half must not fault after the first was written.
        ExitAction outcome = LinearMemory.Translate(cpu, linear.Add(Whole - 1), WalkAccess.Write, out _);
        if (outcome == ExitAction.NextInstruction)
        {
            outcome = LinearMemory.Write(cpu, linear, Half, low);
        }

        return outcome == ExitAction.NextInstruction
            ? LinearMemory.Write(cpu, linear.Add(Half), Half, cpu.Registers.Vector[(2 * register) + 1])
            : outcome;
    }
}

// SPDX-License-Identifier: MIT
using Hypervisor.Memory;

namespace Hypervisor.Virtualization.Emulation;

/// <summary>
/// BT, BTS, BTR and BTC; with the bit's number in a register the operand is a bit string around the address.
/// </summary>
internal static class BitInstructions
{
    public static ExitAction Execute(VirtualCpu cpu, in DecodedInstruction instruction, GuestPhysical fault)
    {
        int size = instruction.Size;
        long bit = (long)Arithmetic.SignExtend(Operands.ReadSource(cpu, in instruction, size), size);
        OperandAddress address = Operands.Locate(cpu, in instruction, fault);
        if (instruction.Source == OperandPlace.Register)
        {
            int shift = size == 8 ? 6 : size == 4 ? 5 : 4;
            address.Linear = Operands.LinearAddress(cpu, in instruction, size, (ulong)((bit >> shift) * size));
            address.IsKnown = false;
        }

        bool isRead = instruction.Operation == EmulatedOperation.BitTest;
        WalkAccess access = isRead ? WalkAccess.Read : WalkAccess.Write;
        ExitAction outcome = Operands.Read(cpu, in address, size, access, out ulong memory);
        if (outcome != ExitAction.NextInstruction)
        {
            return outcome;
        }

        ulong mask = 1UL << (int)(bit & ((8 * size) - 1));
        if (!isRead)
        {
            outcome = Operands.Write(cpu, in address, size, instruction.Operation switch
            {
                EmulatedOperation.BitSet => memory | mask,
                EmulatedOperation.BitReset => memory & ~mask,
                _ => memory ^ mask,
            });
        }

        if (outcome == ExitAction.NextInstruction)
        {
            ulong flags = cpu.Registers.Rflags & ~Arithmetic.Carry;
            cpu.Registers.Rflags = flags | ((memory & mask) != 0 ? Arithmetic.Carry : 0);
        }

        return outcome;
    }
}

// SPDX-License-Identifier: MIT
using Hypervisor.Memory;

namespace Hypervisor.Virtualization.Emulation;

/// <summary>
/// Two-operand and one-operand arithmetic with a memory operand, XCHG, XADD and CMPXCHG. A LOCK prefix needs nothing
/// more: the device sees one read and one write, and its bus serializes them.
/// </summary>
internal static class ArithmeticInstructions
{
    public static ExitAction Execute(VirtualCpu cpu, in DecodedInstruction instruction, GuestPhysical fault)
    {
        OperandAddress address = Operands.Locate(cpu, in instruction, fault);
        if (instruction.Operation == EmulatedOperation.CompareExchangeDouble)
        {
            return CompareExchangeDouble(cpu, in instruction, in address, fault);
        }

        int size = instruction.Size;
        bool isRead = instruction.Destination != OperandPlace.Memory
            || instruction.Operation is EmulatedOperation.Compare or EmulatedOperation.Test;
        WalkAccess access = isRead ? WalkAccess.Read : WalkAccess.Write;
        ExitAction outcome = Operands.Read(cpu, in address, size, access, out ulong memory);
        if (outcome != ExitAction.NextInstruction)
        {
            return outcome;
        }

        return instruction.Destination == OperandPlace.Memory
            ? ChangeMemory(cpu, in instruction, in address, memory)
            : ChangeRegister(cpu, in instruction, memory);
    }

    /// <summary>The destination is a register, the source is memory.</summary>
    private static ExitAction ChangeRegister(VirtualCpu cpu, in DecodedInstruction instruction, ulong memory)
    {
        int size = instruction.Size;
        ulong left =
            Operands.ReadRegister(ref cpu.Registers, instruction.Destination, instruction.DestinationRegister, size);
        ulong flags = cpu.Registers.Rflags;
        ulong result = Compute(instruction.Operation, left, memory, size, ref flags);
        cpu.Registers.Rflags = flags;
        if (instruction.Operation is not (EmulatedOperation.Compare or EmulatedOperation.Test))
        {
            Operands.WriteRegister(ref cpu.Registers, instruction.Destination, instruction.DestinationRegister, size,
                result);
        }

        return ExitAction.NextInstruction;
    }

    /// <summary>The destination is memory. Flags and registers change only when the write has succeeded.</summary>
    private static ExitAction ChangeMemory(VirtualCpu cpu, in DecodedInstruction instruction, in OperandAddress address,
        ulong memory)
    {
        int size = instruction.Size;
        ulong source = instruction.Source == OperandPlace.None ? 0 : Operands.ReadSource(cpu, in instruction, size);
        ulong flags = cpu.Registers.Rflags;
        if (instruction.Operation == EmulatedOperation.CompareExchange)
        {
            return CompareExchange(cpu, in address, memory, source, size);
        }

        ulong result = Compute(instruction.Operation, memory, source, size, ref flags);
        ExitAction outcome = instruction.Operation is EmulatedOperation.Compare or EmulatedOperation.Test
            ? ExitAction.NextInstruction
            : Operands.Write(cpu, in address, size, result);
        if (outcome != ExitAction.NextInstruction)
        {
            return outcome;
        }

        cpu.Registers.Rflags = flags;
        if (instruction.Operation is EmulatedOperation.Exchange or EmulatedOperation.ExchangeAdd)
        {
            Operands.WriteRegister(ref cpu.Registers, instruction.Source, instruction.SourceRegister, size, memory);
        }

        return ExitAction.NextInstruction;
    }

    private static ulong Compute(EmulatedOperation operation, ulong left, ulong right, int size, ref ulong flags)
    {
        switch (operation)
        {
            case EmulatedOperation.And:
            case EmulatedOperation.Test:
                return Arithmetic.And(left, right, size, ref flags);
            case EmulatedOperation.Or:
                return Arithmetic.Or(left, right, size, ref flags);
            case EmulatedOperation.Xor:
                return Arithmetic.Xor(left, right, size, ref flags);
            case EmulatedOperation.Add:
            case EmulatedOperation.ExchangeAdd:
                return Arithmetic.Add(left, right, 0, size, ref flags);
            case EmulatedOperation.AddWithCarry:
                return Arithmetic.Add(left, right, flags & Arithmetic.Carry, size, ref flags);
            case EmulatedOperation.Subtract:
            case EmulatedOperation.Compare:
                return Arithmetic.Subtract(left, right, 0, size, ref flags);
            case EmulatedOperation.SubtractWithBorrow:
                return Arithmetic.Subtract(left, right, flags & Arithmetic.Carry, size, ref flags);
            case EmulatedOperation.Increment:
                return Arithmetic.Increment(left, size, ref flags);
            case EmulatedOperation.Decrement:
                return Arithmetic.Decrement(left, size, ref flags);
            case EmulatedOperation.Not:
                return LinearMemory.Truncate(~left, size);
            case EmulatedOperation.Negate:
                return Arithmetic.Subtract(0, left, 0, size, ref flags);
            case EmulatedOperation.Exchange:
                return right;
            default:
                return Arithmetic.Shift(operation, left, right, size, ref flags);
        }
    }

    /// <summary>
    /// Memory is written in any case, with the old value where the comparison failed (APM volume 3, CMPXCHG).
    /// </summary>
    private static ExitAction CompareExchange(VirtualCpu cpu, in OperandAddress address, ulong memory, ulong source,
        int size)
    {
        ulong expected = LinearMemory.Truncate(cpu.Registers.Rax, size);
        ulong flags = cpu.Registers.Rflags;
        _ = Arithmetic.Subtract(expected, memory, 0, size, ref flags);
        bool isEqual = expected == memory;
        ExitAction outcome = Operands.Write(cpu, in address, size, isEqual ? source : memory);
        if (outcome != ExitAction.NextInstruction)
        {
            return outcome;
        }

        cpu.Registers.Rflags = flags;
        if (!isEqual)
        {
            Operands.WriteRegister(ref cpu.Registers, OperandPlace.Register, 0, size, memory);
        }

        return ExitAction.NextInstruction;
    }

    /// <summary>CMPXCHG8B; the 16-byte form is refused: no device is that wide.</summary>
    private static ExitAction CompareExchangeDouble(VirtualCpu cpu, in DecodedInstruction instruction,
        in OperandAddress address, GuestPhysical fault)
    {
        const int Size = 8;
        if (instruction.Size != Size)
        {
            return Emulator.Refuse(cpu, in instruction, fault);
        }

        ExitAction outcome = Operands.Read(cpu, in address, Size, WalkAccess.Write, out ulong memory);
        if (outcome != ExitAction.NextInstruction)
        {
            return outcome;
        }

        ref GuestRegisters registers = ref cpu.Registers;
        bool isEqual = memory == ((uint)registers.Rax | (registers.Rdx << 32));
        ulong replacement = (uint)registers.Rbx | (registers.Rcx << 32);
        outcome = Operands.Write(cpu, in address, Size, isEqual ? replacement : memory);
        if (outcome != ExitAction.NextInstruction)
        {
            return outcome;
        }

        registers.Rflags = isEqual ? registers.Rflags | Arithmetic.Zero : registers.Rflags & ~Arithmetic.Zero;
        if (!isEqual)
        {
            registers.Rax = (uint)memory;
            registers.Rdx = memory >> 32;
        }

        return ExitAction.NextInstruction;
    }
}

// SPDX-License-Identifier: MIT
namespace Hypervisor.Virtualization.Emulation;

/// <summary>
/// MOVS, STOS, LODS, CMPS and SCAS. A repeated one is done in pieces: when the budget is used up the guest stands at
/// the same instruction with its registers advanced, as after an interrupt.
/// </summary>
internal static class StringInstructions
{
    private const int Budget = 64;
    private const int Rax = 0;

    public static ExitAction Execute(VirtualCpu cpu, in DecodedInstruction instruction)
    {
        if (!instruction.IsRepeated)
        {
            return Step(cpu, in instruction);
        }

        // A fault amid repeated comparisons leaves the flags as they were before (SDM volume 2, REP).
        ulong flags = cpu.Registers.Rflags;
        ExitAction action = Repeat(cpu, in instruction);
        if (action == ExitAction.Inject)
        {
            cpu.Registers.Rflags = flags;
        }

        return action;
    }

    private static ExitAction Repeat(VirtualCpu cpu, in DecodedInstruction instruction)
    {
        for (int left = Budget; left > 0; left--)
        {
            if (StringRegisters.ReadCount(cpu, in instruction) == 0)
            {
                return ExitAction.NextInstruction;
            }

            ExitAction outcome = Step(cpu, in instruction);
            if (outcome != ExitAction.NextInstruction)
            {
                return outcome;
            }

            StringRegisters.CountDown(cpu, in instruction);
            if (HasEnded(cpu, in instruction))
            {
                return ExitAction.NextInstruction;
            }
        }

        return StringRegisters.ReadCount(cpu, in instruction) == 0 ? ExitAction.NextInstruction : ExitAction.Resume;
    }

    /// <summary>REPE ends at a difference, REPNE at an equality.</summary>
    private static bool HasEnded(VirtualCpu cpu, in DecodedInstruction instruction)
    {
        bool compares = instruction.Operation is EmulatedOperation.StringCompare or EmulatedOperation.StringScan;
        bool isEqual = (cpu.Registers.Rflags & Arithmetic.Zero) != 0;
        return compares && isEqual == instruction.IsRepeatedWhileNotEqual;
    }

    private static ExitAction Step(VirtualCpu cpu, in DecodedInstruction instruction) => instruction.Operation switch
    {
        EmulatedOperation.StringMove => Move(cpu, in instruction),
        EmulatedOperation.StringStore => Store(cpu, in instruction),
        EmulatedOperation.StringLoad => Load(cpu, in instruction),
        EmulatedOperation.StringCompare => Compare(cpu, in instruction),
        _ => Scan(cpu, in instruction),
    };

    private static ExitAction ReadSource(VirtualCpu cpu, in DecodedInstruction instruction, out ulong value) =>
        LinearMemory.Read(
            cpu, StringRegisters.Source(cpu, in instruction), instruction.Size, WalkAccess.Read, out value);

    private static ExitAction ReadDestination(VirtualCpu cpu, in DecodedInstruction instruction, out ulong value) =>
        LinearMemory.Read(
            cpu, StringRegisters.Destination(cpu, in instruction), instruction.Size, WalkAccess.Read, out value);

    private static ExitAction Move(VirtualCpu cpu, in DecodedInstruction instruction)
    {
        int size = instruction.Size;
        ExitAction outcome = ReadSource(cpu, in instruction, out ulong value);
        if (outcome == ExitAction.NextInstruction)
        {
            outcome = LinearMemory.Write(cpu, StringRegisters.Destination(cpu, in instruction), size, value);
        }

        if (outcome == ExitAction.NextInstruction)
        {
            StringRegisters.AdvanceSource(cpu, in instruction, size);
            StringRegisters.AdvanceDestination(cpu, in instruction, size);
        }

        return outcome;
    }

    private static ExitAction Store(VirtualCpu cpu, in DecodedInstruction instruction)
    {
        int size = instruction.Size;
        ExitAction outcome = LinearMemory.Write(cpu, StringRegisters.Destination(cpu, in instruction), size,
            LinearMemory.Truncate(cpu.Registers.Rax, size));
        if (outcome == ExitAction.NextInstruction)
        {
            StringRegisters.AdvanceDestination(cpu, in instruction, size);
        }

        return outcome;
    }

    private static ExitAction Load(VirtualCpu cpu, in DecodedInstruction instruction)
    {
        int size = instruction.Size;
        ExitAction outcome = ReadSource(cpu, in instruction, out ulong value);
        if (outcome == ExitAction.NextInstruction)
        {
            Operands.WriteRegister(ref cpu.Registers, OperandPlace.Register, Rax, size, value);
            StringRegisters.AdvanceSource(cpu, in instruction, size);
        }

        return outcome;
    }

    private static ExitAction Compare(VirtualCpu cpu, in DecodedInstruction instruction)
    {
        int size = instruction.Size;
        ulong right = 0;
        ExitAction outcome = ReadSource(cpu, in instruction, out ulong left);
        if (outcome == ExitAction.NextInstruction)
        {
            outcome = ReadDestination(cpu, in instruction, out right);
        }

        if (outcome == ExitAction.NextInstruction)
        {
            _ = Arithmetic.Subtract(left, right, 0, size, ref cpu.Registers.Rflags);
            StringRegisters.AdvanceSource(cpu, in instruction, size);
            StringRegisters.AdvanceDestination(cpu, in instruction, size);
        }

        return outcome;
    }

    private static ExitAction Scan(VirtualCpu cpu, in DecodedInstruction instruction)
    {
        int size = instruction.Size;
        ExitAction outcome = ReadDestination(cpu, in instruction, out ulong value);
        if (outcome == ExitAction.NextInstruction)
        {
            ulong left = LinearMemory.Truncate(cpu.Registers.Rax, size);
            _ = Arithmetic.Subtract(left, value, 0, size, ref cpu.Registers.Rflags);
            StringRegisters.AdvanceDestination(cpu, in instruction, size);
        }

        return outcome;
    }
}

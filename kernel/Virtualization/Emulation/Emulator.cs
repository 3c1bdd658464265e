// SPDX-License-Identifier: MIT
using Hypervisor.Memory;

namespace Hypervisor.Virtualization.Emulation;

/// <summary>
/// Executes the instruction that touched device memory. What it reads and writes goes to the bus or to
/// RAM, page by page; flags and registers end up as the processor would leave them. A form that is not
/// known stops the VM with its name.
/// </summary>
internal static class Emulator
{
    /// <summary>
    /// Executes the instruction at RIP; <paramref name="fault"/> is the address that the nested tables refused.
    /// </summary>
    public static ExitAction Execute(VirtualCpu cpu, GuestPhysical fault)
    {
        if (!DecodedInstructions.TryReuse(cpu, out int slot))
        {
            int bits = cpu.CodeBits;
            ulong linear = cpu.LinearRip(bits);
            ExitAction outcome = InstructionFetcher.Fetch(cpu, linear);
            outcome = outcome == ExitAction.NextInstruction
                ? DecodedInstructions.Find(cpu, linear, bits, out slot)
                : outcome;
            if (outcome != ExitAction.NextInstruction)
            {
                return outcome;
            }
        }

        ref readonly DecodedInstruction instruction = ref cpu.Emulation[slot];
        cpu.Exit.NextRip = InstructionLengths.Advance(cpu, instruction.CodeBits, instruction.Length);
        return Dispatch(cpu, in instruction, fault);
    }

    private static ExitAction Dispatch(VirtualCpu cpu, in DecodedInstruction instruction, GuestPhysical fault)
    {
        switch (instruction.Operation)
        {
            case EmulatedOperation.Move:
            case EmulatedOperation.MoveZeroExtended:
            case EmulatedOperation.MoveSignExtended:
            case EmulatedOperation.MoveSwapped:
                return MoveInstructions.Execute(cpu, in instruction, fault);
            case EmulatedOperation.MoveVector:
                return VectorInstructions.Execute(cpu, in instruction, fault);
            case >= EmulatedOperation.And and <= EmulatedOperation.ShiftRightArithmetic:
                return ArithmeticInstructions.Execute(cpu, in instruction, fault);
            case >= EmulatedOperation.BitTest and <= EmulatedOperation.BitComplement:
                return BitInstructions.Execute(cpu, in instruction, fault);
            case EmulatedOperation.Push:
            case EmulatedOperation.Pop:
                return StackInstructions.Execute(cpu, in instruction);
            case >= EmulatedOperation.StringMove and <= EmulatedOperation.StringScan:
                return StringInstructions.Execute(cpu, in instruction);
            case EmulatedOperation.RegistersOnly:
                // These bytes have not touched the device: the guest runs what is there now.
                return ExitAction.Resume;
            default:
                return Refuse(cpu, in instruction, fault);
        }
    }

    /// <summary>Stops the VM with the instruction's bytes and name.</summary>
    public static ExitAction Refuse(VirtualCpu cpu, in DecodedInstruction instruction, GuestPhysical fault)
    {
        _ = cpu.StopWith("an instruction that is not emulated touched device memory",
            InstructionNames.Of(instruction.Code), fault.Value);
        cpu.Stop.BytesLow = instruction.BytesLow;
        cpu.Stop.BytesHigh = instruction.BytesHigh;
        cpu.Stop.ByteCount = instruction.Length;
        return ExitAction.StopVm;
    }
}

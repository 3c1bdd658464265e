// SPDX-License-Identifier: MIT
namespace Hypervisor.Virtualization.Emulation;

/// <summary>
/// INS and OUTS. The instruction is decoded for its segment and address size, which the exit's record does not have;
/// repeated ones are done in pieces.
/// </summary>
internal static class StringPorts
{
    private const int Budget = 64;

    public static ExitAction Execute(VirtualCpu cpu, in PortAccess access)
    {
        int bits = cpu.CodeBits;
        ulong linear = cpu.LinearRip(bits);
        ExitAction outcome = InstructionFetcher.Fetch(cpu, linear);
        if (outcome != ExitAction.NextInstruction)
        {
            return outcome;
        }

        outcome = DecodedInstructions.Find(cpu, linear, bits, out int slot);
        if (outcome != ExitAction.NextInstruction)
        {
            return outcome;
        }

        ref readonly DecodedInstruction instruction = ref cpu.Emulation[slot];
        EmulatedOperation expected = access.IsInput ? EmulatedOperation.StringInput : EmulatedOperation.StringOutput;
        if (instruction.Operation != expected)
        {
            return ExitAction.Resume;
        }

        cpu.Exit.NextRip = InstructionLengths.Advance(cpu, bits, instruction.Length);
        return instruction.IsRepeated ? Repeat(cpu, in instruction, in access) : Step(cpu, in instruction, in access);
    }

    private static ExitAction Repeat(VirtualCpu cpu, in DecodedInstruction instruction, in PortAccess access)
    {
        for (int left = Budget; left > 0; left--)
        {
            if (StringRegisters.ReadCount(cpu, in instruction) == 0)
            {
                return ExitAction.NextInstruction;
            }

            ExitAction outcome = Step(cpu, in instruction, in access);
            if (outcome != ExitAction.NextInstruction)
            {
                return outcome;
            }

            StringRegisters.CountDown(cpu, in instruction);
        }

        return StringRegisters.ReadCount(cpu, in instruction) == 0 ? ExitAction.NextInstruction : ExitAction.Resume;
    }

    private static ExitAction Step(VirtualCpu cpu, in DecodedInstruction instruction, in PortAccess access) =>
        access.IsInput ? Input(cpu, in instruction, in access) : Output(cpu, in instruction, in access);

    /// <summary>
    /// The destination is translated before the port is read: a page fault must not lose what the device gave.
    /// </summary>
    private static ExitAction Input(VirtualCpu cpu, in DecodedInstruction instruction, in PortAccess access)
    {
        LinearPlace linear = StringRegisters.Destination(cpu, in instruction);
        ExitAction outcome = LinearMemory.Translate(cpu, linear, WalkAccess.Write, out _);
        if (outcome == ExitAction.NextInstruction)
        {
            outcome = LinearMemory.Translate(cpu, linear.Add(access.Size - 1U), WalkAccess.Write, out _);
        }

        if (outcome != ExitAction.NextInstruction)
        {
            return outcome;
        }

        uint value = cpu.Ports.ReadPort(cpu, access.Port, access.Size);
        outcome = LinearMemory.Write(cpu, linear, access.Size, value);
        StringRegisters.AdvanceDestination(cpu, in instruction, access.Size);
        return outcome;
    }

    private static ExitAction Output(VirtualCpu cpu, in DecodedInstruction instruction, in PortAccess access)
    {
        ExitAction outcome = LinearMemory.Read(
            cpu, StringRegisters.Source(cpu, in instruction), access.Size, WalkAccess.Read, out ulong value);
        if (outcome == ExitAction.NextInstruction)
        {
            cpu.Ports.WritePort(cpu, access.Port, access.Size, (uint)value);
            StringRegisters.AdvanceSource(cpu, in instruction, access.Size);
        }

        return outcome;
    }
}

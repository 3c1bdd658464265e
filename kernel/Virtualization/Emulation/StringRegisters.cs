// SPDX-License-Identifier: MIT
namespace Hypervisor.Virtualization.Emulation;

/// <summary>RCX, RSI and RDI of a string instruction, in the width of its addresses.</summary>
internal static class StringRegisters
{
    private const ulong DirectionFlag = 1 << 10;
    private const int Rcx = 1;
    private const int Rsi = 6;
    private const int Rdi = 7;

    public static ulong ReadCount(VirtualCpu cpu, in DecodedInstruction instruction) =>
        LinearMemory.Truncate(cpu.Registers.Rcx, instruction.AddressSize);

    public static void CountDown(VirtualCpu cpu, in DecodedInstruction instruction) =>
        Change(cpu, in instruction, Rcx, -1);

    /// <summary>DS:RSI, where DS may be overridden.</summary>
    public static LinearPlace Source(VirtualCpu cpu, in DecodedInstruction instruction) =>
        Operands.AddSegment(cpu, in instruction, instruction.Segment,
            LinearMemory.Truncate(cpu.Registers.Rsi, instruction.AddressSize), instruction.Size);

    /// <summary>ES:RDI, always.</summary>
    public static LinearPlace Destination(VirtualCpu cpu, in DecodedInstruction instruction) =>
        Operands.AddSegment(cpu, in instruction, SegmentRegister.Es,
            LinearMemory.Truncate(cpu.Registers.Rdi, instruction.AddressSize), instruction.Size);

    public static void AdvanceSource(VirtualCpu cpu, in DecodedInstruction instruction, int size) =>
        Change(cpu, in instruction, Rsi, Step(cpu, size));

    public static void AdvanceDestination(VirtualCpu cpu, in DecodedInstruction instruction, int size) =>
        Change(cpu, in instruction, Rdi, Step(cpu, size));

    private static int Step(VirtualCpu cpu, int size) => (cpu.Registers.Rflags & DirectionFlag) != 0 ? -size : size;

    private static void Change(VirtualCpu cpu, in DecodedInstruction instruction, int register, int by) =>
        Operands.WriteRegister(ref cpu.Registers, OperandPlace.Register, register, instruction.AddressSize,
            cpu.Registers.General[register] + (ulong)by);
}

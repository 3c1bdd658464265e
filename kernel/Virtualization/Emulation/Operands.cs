// SPDX-License-Identifier: MIT
using System.Runtime.CompilerServices;
using Hypervisor.Memory;

namespace Hypervisor.Virtualization.Emulation;

/// <summary>Reads and writes an instruction's operands.</summary>
internal static class Operands
{
    private const ulong PageMask = 4095;

    /// <summary>A general register, its low <paramref name="size"/> bytes.</summary>
    public static ulong ReadRegister(ref GuestRegisters registers, OperandPlace place, int number, int size)
    {
        ulong value = registers.General[number];
        return place == OperandPlace.HighByte ? (byte)(value >> 8) : LinearMemory.Truncate(value, size);
    }

    /// <summary>Writes a general register: 4 bytes clear the upper half, 1 and 2 leave the rest as it is.</summary>
    public static void WriteRegister(ref GuestRegisters registers, OperandPlace place, int number, int size,
        ulong value)
    {
        ref ulong register = ref registers.General[number];
        if (place == OperandPlace.HighByte)
        {
            register = (register & ~0xFF00UL) | ((ulong)(byte)value << 8);
            return;
        }

        register = size switch
        {
            1 => (register & ~0xFFUL) | (byte)value,
            2 => (register & ~0xFFFFUL) | (ushort)value,
            4 => (uint)value,
            _ => value,
        };
    }

    /// <summary>The source of an instruction where it is a register or a constant.</summary>
    public static ulong ReadSource(VirtualCpu cpu, in DecodedInstruction instruction, int size) =>
        instruction.Source == OperandPlace.Immediate
            ? LinearMemory.Truncate(instruction.Immediate, size)
            : ReadRegister(ref cpu.Registers, instruction.Source, instruction.SourceRegister, size);

    /// <summary>
    /// Base, index and displacement, and the bytes that a bit's number adds, cut to the address size, plus the
    /// segment's base.
    /// </summary>
    public static LinearPlace LinearAddress(
        VirtualCpu cpu, in DecodedInstruction instruction, int size, ulong added = 0)
    {
        ulong offset = instruction.Displacement + added;
        if (instruction.BaseRegister != DecodedInstruction.NoRegister)
        {
            offset += cpu.Registers.General[instruction.BaseRegister];
        }

        if (instruction.IndexRegister != DecodedInstruction.NoRegister)
        {
            offset += cpu.Registers.General[instruction.IndexRegister] * instruction.Scale;
        }

        return AddSegment(cpu, in instruction, instruction.Segment,
            LinearMemory.Truncate(offset, instruction.AddressSize), size);
    }

    /// <summary>In 64-bit code only FS and GS have a base, and none a limit; elsewhere the sum has 32 bits.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static LinearPlace AddSegment(VirtualCpu cpu, in DecodedInstruction instruction, SegmentRegister segment,
        ulong offset, int size)
    {
        PlaceFlags flags = segment == SegmentRegister.Ss ? PlaceFlags.Stack : PlaceFlags.None;
        return instruction.CodeBits == 64 && segment < SegmentRegister.Fs
            ? new LinearPlace(offset, flags)
            : AddBase(cpu, instruction.CodeBits, segment, offset, size, flags);
    }

    private static LinearPlace AddBase(
        VirtualCpu cpu, int codeBits, SegmentRegister segment, ulong offset, int size, PlaceFlags flags)
    {
        SegmentState state = cpu.ReadSegment(segment);
        if (codeBits == 64)
        {
            return new LinearPlace(offset + state.Base, flags);
        }

        flags |= state.Contains(offset, size) ? PlaceFlags.None : PlaceFlags.BeyondLimit;
        flags |= state.IsWritable || cpu.IsInParagraphMode ? PlaceFlags.None : PlaceFlags.ReadOnly;
        return new LinearPlace((uint)(offset + state.Base), flags);
    }

    /// <summary>
    /// The memory operand. Where the processor said which guest-physical address it failed at, and the operand lies in
    /// one page, that page is the operand's and need not be looked for.
    /// </summary>
    public static OperandAddress Locate(VirtualCpu cpu, in DecodedInstruction instruction, GuestPhysical fault)
    {
        OperandAddress address;
        address.Linear = LinearAddress(cpu, in instruction, instruction.Size);
        ulong offset = address.Linear.Address & PageMask;
        address.IsKnown = offset + instruction.Size <= PageMask + 1;
        address.Physical = new GuestPhysical((fault.Value & ~PageMask) | offset);
        return address;
    }

    /// <summary>
    /// Reads a located operand of 1 to 8 bytes. Where the nested tables named the address, it is a device's. An
    /// instruction that also writes it needs the right to from the start.
    /// </summary>
    public static ExitAction Read(
        VirtualCpu cpu, in OperandAddress address, int size, WalkAccess access, out ulong value)
    {
        if (address.IsKnown)
        {
            value = cpu.Ports.ReadMmio(cpu, address.Physical, size);
            return ExitAction.NextInstruction;
        }

        return LinearMemory.Read(cpu, address.Linear, size, access, out value);
    }

    public static ExitAction Write(VirtualCpu cpu, in OperandAddress address, int size, ulong value)
    {
        if (address.IsKnown)
        {
            cpu.Ports.WriteMmio(cpu, address.Physical, size, LinearMemory.Truncate(value, size));
            return ExitAction.NextInstruction;
        }

        return LinearMemory.Write(cpu, address.Linear, size, value);
    }
}

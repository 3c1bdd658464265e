// SPDX-License-Identifier: MIT
using Iced.Intel;

namespace Hypervisor.Virtualization.Emulation;

/// <summary>Translates Iced's description of an instruction into ours.</summary>
internal static class DecodedForm
{
    /// <summary>Fills the operation and the operands.</summary>
    public static void Describe(in Instruction instruction, int codeBits, ref DecodedInstruction result)
    {
        result.Operation = MnemonicOperations.Of(instruction.Mnemonic);
        result.IsLocked = instruction.HasLockPrefix;
        result.IsRepeated = instruction.HasRepPrefix || instruction.HasRepnePrefix;
        result.IsRepeatedWhileNotEqual = instruction.HasRepnePrefix;
        int count = instruction.OpCount;
        if (count > 0)
        {
            result.Destination =
                DescribeOperand(in instruction, 0, ref result, out result.DestinationRegister, out result.Size);
        }

        if (count > 1)
        {
            result.Source =
                DescribeOperand(in instruction, 1, ref result, out result.SourceRegister, out result.SourceSize);
        }

        if (result.HasMemoryOperand)
        {
            DescribeAddress(in instruction, codeBits, ref result);
        }

        Complete(in instruction, ref result);
    }

    private static OperandPlace DescribeOperand(in Instruction instruction, int number, ref DecodedInstruction result,
        out byte register, out byte size)
    {
        register = DecodedInstruction.NoRegister;
        size = 0;
        OpKind kind = instruction.GetOpKind(number);
        switch (kind)
        {
            case OpKind.Register:
                return DescribeRegister(instruction.GetOpRegister(number), ref result, out register, out size);
            case OpKind.Memory:
            case OpKind.MemorySegSI:
            case OpKind.MemorySegESI:
            case OpKind.MemorySegRSI:
            case OpKind.MemoryESDI:
            case OpKind.MemoryESEDI:
            case OpKind.MemoryESRDI:
                size = (byte)instruction.MemorySize.GetSize();
                return OperandPlace.Memory;
            case >= OpKind.Immediate8 and <= OpKind.Immediate32to64:
                result.Immediate = ImmediateOf(in instruction, kind);
                size = SizeOf(kind);
                return OperandPlace.Immediate;
            default:
                result.Operation = EmulatedOperation.None;
                return OperandPlace.None;
        }
    }

    /// <summary>The constant, extended to 64 bits as the form says.</summary>
    private static ulong ImmediateOf(in Instruction instruction, OpKind kind) => kind switch
    {
        OpKind.Immediate8 => instruction.Immediate8,
        OpKind.Immediate8_2nd => instruction.Immediate8_2nd,
        OpKind.Immediate16 => instruction.Immediate16,
        OpKind.Immediate32 => instruction.Immediate32,
        OpKind.Immediate64 => instruction.Immediate64,
        OpKind.Immediate8to16 => (ulong)instruction.Immediate8to16,
        OpKind.Immediate8to32 => (ulong)instruction.Immediate8to32,
        OpKind.Immediate8to64 => (ulong)instruction.Immediate8to64,
        _ => (ulong)instruction.Immediate32to64,
    };

    private static byte SizeOf(OpKind kind) => kind switch
    {
        OpKind.Immediate8 or OpKind.Immediate8_2nd => 1,
        OpKind.Immediate16 or OpKind.Immediate8to16 => 2,
        OpKind.Immediate32 or OpKind.Immediate8to32 => 4,
        _ => 8,
    };

    private static OperandPlace DescribeRegister(Register register, ref DecodedInstruction result, out byte number,
        out byte size)
    {
        size = (byte)register.GetSize();
        number = (byte)register.GetNumber();
        if (register is >= Register.AH and <= Register.BH)
        {
            number = (byte)(register - Register.AH);
            return OperandPlace.HighByte;
        }

        if (register.IsGPR())
        {
            // Iced counts the byte registers in an order of its own: SPL is its ninth.
            number = (byte)(register.GetFullRegister() - Register.RAX);
            return OperandPlace.Register;
        }

        if (register.IsXMM())
        {
            return OperandPlace.Vector;
        }

        if (register is >= Register.CR0 and <= Register.CR15)
        {
            result.Operation = result.Destination == OperandPlace.None
                ? EmulatedOperation.MoveToControl
                : EmulatedOperation.MoveFromControl;
            return OperandPlace.None;
        }

        result.Operation = register is >= Register.DR0 and <= Register.DR15
            ? result.Destination == OperandPlace.None
                ? EmulatedOperation.MoveToDebug
                : EmulatedOperation.MoveFromDebug
            : EmulatedOperation.None;
        return OperandPlace.None;
    }

    private static void DescribeAddress(in Instruction instruction, int codeBits, ref DecodedInstruction result)
    {
        result.Segment = SegmentOf(codeBits == 64 ? SegmentIn64Bits(in instruction) : instruction.MemorySegment);
        result.BaseRegister = DecodedInstruction.NoRegister;
        result.IndexRegister = DecodedInstruction.NoRegister;
        result.Displacement = instruction.MemoryDisplacement64;
        result.Scale = (byte)instruction.MemoryIndexScale;
        result.AddressSize = AddressSizeOf(in instruction, codeBits);
        Register start = instruction.MemoryBase;
        if (start.IsGPR())
        {
            result.BaseRegister = (byte)start.GetNumber();
        }

        Register index = instruction.MemoryIndex;
        if (index.IsGPR())
        {
            result.IndexRegister = (byte)index.GetNumber();
        }
        else if (index != Register.None)
        {
            result.Operation = EmulatedOperation.None;
        }
    }

    private static byte AddressSizeOf(in Instruction instruction, int codeBits)
    {
        for (int number = 0; number < instruction.OpCount; number++)
        {
            switch (instruction.GetOpKind(number))
            {
                case OpKind.MemorySegSI or OpKind.MemoryESDI:
                    return 2;
                case OpKind.MemorySegESI or OpKind.MemoryESEDI:
                    return 4;
                case OpKind.MemorySegRSI or OpKind.MemoryESRDI:
                    return 8;
            }
        }

        Register start = instruction.MemoryBase != Register.None ? instruction.MemoryBase : instruction.MemoryIndex;
        if (start != Register.None)
        {
            return start switch
            {
                Register.RIP => 8,
                Register.EIP => 4,
                _ => (byte)start.GetSize(),
            };
        }

        return instruction.MemoryDisplSize switch
        {
            2 => 2,
            4 => (byte)(codeBits == 64 ? 8 : 4),
            _ => 8,
        };
    }

    /// <summary>In 64-bit code the prefixes of ES, CS, SS and DS mean nothing (APM volume 3, 1.2.4).</summary>
    private static Register SegmentIn64Bits(in Instruction instruction) => instruction.SegmentPrefix switch
    {
        Register.None or Register.FS or Register.GS => instruction.MemorySegment,
        _ => instruction.MemoryBase.GetFullRegister() is Register.RSP or Register.RBP ? Register.SS : Register.DS,
    };

    private static SegmentRegister SegmentOf(Register register) => register switch
    {
        Register.ES => SegmentRegister.Es,
        Register.CS => SegmentRegister.Cs,
        Register.SS => SegmentRegister.Ss,
        Register.FS => SegmentRegister.Fs,
        Register.GS => SegmentRegister.Gs,
        _ => SegmentRegister.Ds,
    };

    /// <summary>
    /// Sizes that the operands leave open, and forms whose meaning depends on more than the mnemonic.
    /// </summary>
    private static void Complete(in Instruction instruction, ref DecodedInstruction result)
    {
        if (instruction.Mnemonic == Mnemonic.Movsd && result.Destination != OperandPlace.Memory
            && result.Operation == EmulatedOperation.StringMove)
        {
            result.Operation = EmulatedOperation.None;
        }

        if (instruction.Mnemonic is Mnemonic.Movsd or Mnemonic.Cmpsd
            && (result.Source == OperandPlace.Vector || result.Destination == OperandPlace.Vector))
        {
            result.Operation = EmulatedOperation.None;
        }

        bool isOfOperands = result.Operation is > EmulatedOperation.None and < EmulatedOperation.Push;
        if (isOfOperands && !result.HasMemoryOperand)
        {
            result.Operation = EmulatedOperation.RegistersOnly;
        }

        if (result.SourceSize == 0)
        {
            result.SourceSize = result.Size;
        }
    }
}

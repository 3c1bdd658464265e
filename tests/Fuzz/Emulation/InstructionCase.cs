// SPDX-License-Identifier: MIT
using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using Hypervisor.Virtualization;
using Iced.Intel;

namespace Hypervisor.Fuzz.Emulation;

/// <summary>One instruction with the registers that it meets.</summary>
internal sealed class InstructionCase
{
    public static readonly SegmentRegister[] DataSegments =
        [SegmentRegister.Es, SegmentRegister.Ss, SegmentRegister.Ds, SegmentRegister.Fs, SegmentRegister.Gs];

    private const int Rcx = 1;
    private const int Rsp = 4;
    private const int Rsi = 6;
    private const int Rdi = 7;

    private Instruction _instruction;

    public required int Bits { get; init; }

    public required byte[] Code { get; set; }

    public ref Instruction Instruction => ref _instruction;

    public ulong[] General { get; } = new ulong[16];

    public ulong[] Vector { get; } = new ulong[32];

    public ulong Flags { get; set; }

    /// <summary>32- and 16-bit code: which of <see cref="NativeProcessor.SegmentBases"/> each segment has.</summary>
    public int[] SegmentChoice { get; } = new int[6];

    /// <summary>64-bit code: the bases of FS and GS.</summary>
    public ulong FsBase { get; set; }

    public ulong GsBase { get; set; }

    /// <summary>32- and 16-bit code: the stack pointer is ESP, not SP.</summary>
    public bool HasLargeStack { get; set; } = true;

    public ulong InstructionPointer => TestLayout.Instruction - (Bits == 16 ? TestLayout.Code : 0);

    /// <summary>Bytes of an address that the instruction computes: 2, 4 or 8.</summary>
    public int AddressSize => new InstructionInfoFactory().GetInfo(in _instruction).GetUsedMemory()
        .First(memory => memory.Base != Register.RSP || _instruction.MemoryBase == Register.RSP).AddressSize switch
    {
        CodeSize.Code16 => 2,
        CodeSize.Code32 => 4,
        _ => 8,
    };

    public bool IsRepeated => _instruction.HasRepPrefix || _instruction.HasRepnePrefix;

    public ulong SegmentBase(SegmentRegister segment)
    {
        if (segment == SegmentRegister.Cs)
        {
            return Bits == 16 ? TestLayout.Code : 0;
        }

        return Bits != 64 ? NativeProcessor.SegmentBases[SegmentChoice[(int)segment]]
            : segment == SegmentRegister.Fs ? FsBase
            : segment == SegmentRegister.Gs ? GsBase
            : 0;
    }

    /// <summary>
    /// The memory that the instruction touches, as Iced computes it, in the order of the accesses; a repeated one's
    /// first element.
    /// </summary>
    public IReadOnlyList<MemoryTouch> Touches()
    {
        var touches = new List<MemoryTouch>();
        int size = _instruction.MemorySize.GetSize();
        bool isPush = _instruction.Mnemonic == Mnemonic.Push;
        bool isPop = _instruction.Mnemonic == Mnemonic.Pop;
        if (isPop)
        {
            touches.Add(new MemoryTouch(StackAddress(0), size));
            General[Rsp] += (ulong)size;
        }

        // A string instruction reads its source first, whatever place the operand has.
        foreach (int operand in Enumerable.Range(0, _instruction.OpCount).OrderBy(IsStringDestination))
        {
            if (TryLocate(operand, out ulong address))
            {
                touches.Add(new MemoryTouch(address, size));
            }
        }

        if (isPop)
        {
            // The operand's address is about the stack pointer after the pop.
            General[Rsp] -= (ulong)size;
        }

        if (isPush)
        {
            touches.Add(new MemoryTouch(StackAddress(-size), size));
        }

        return touches;
    }

    /// <summary>Where the memory operand with this number is; false where it is none.</summary>
    public bool TryLocate(int operand, out ulong address)
    {
        address = 0;
        if (_instruction.GetOpKind(operand) is not (OpKind.Memory or OpKind.MemorySegSI or OpKind.MemorySegESI
            or OpKind.MemorySegRSI or OpKind.MemoryESDI or OpKind.MemoryESEDI or OpKind.MemoryESRDI))
        {
            return false;
        }

        if (!_instruction.TryGetVirtualAddress(operand, 0, out address, TryGetRegister))
        {
            return false;
        }

        ulong added = BitStringOffset(operand);
        if (added != 0)
        {
            ulong start = SegmentBase(OperandSegment);
            address = start + Cut(address - start + added, AddressSize);
        }

        address = Bits == 64 ? address : (uint)address;
        return true;
    }

    /// <summary>
    /// 16-bit code: its segment is short. An operand beyond its end is a fault of the first access, or one that is as
    /// good as another.
    /// </summary>
    public bool IsBeyondCodeSegment(MemoryTouch touch) =>
        Bits == 16 && OperandSegment == SegmentRegister.Cs
        && touch.Address + (ulong)touch.Size > TestLayout.Code + ushort.MaxValue + 1;

    public void SetCount(ulong value) => General[Rcx] = value;

    public void MoveOperand(int operand, ulong target)
    {
        switch (_instruction.GetOpKind(operand))
        {
            case OpKind.MemorySegSI or OpKind.MemorySegESI or OpKind.MemorySegRSI:
                Adjust(Rsi, operand, target);
                break;
            case OpKind.MemoryESDI or OpKind.MemoryESEDI or OpKind.MemoryESRDI:
                Adjust(Rdi, operand, target);
                break;
            default:
                Register start = _instruction.MemoryBase;
                if (start.IsGPR())
                {
                    Adjust(start.GetFullRegister() - Register.RAX, operand, target);
                }
                else
                {
                    AdjustDisplacement(operand, target);
                }

                break;
        }
    }

    public void MoveStack(ulong target) => General[Rsp] = target - SegmentBase(SegmentRegister.Ss);

    public override string ToString()
    {
        string bytes = string.Join(" ", Code.Select(static each => each.ToString("x2", CultureInfo.InvariantCulture)));
        string registers = string.Join(" ", General.Select(Hexadecimal));
        string bases = string.Join(" ", DataSegments.Select(each => $"{each}={Hexadecimal(SegmentBase(each))}"));
        return $"{Bits}-bit {_instruction} ({_instruction.Code}) [{bytes}] flags {Flags:x} large stack {HasLargeStack} "
            + $"{bases}\n  RAX.. {registers}";
    }

    private SegmentRegister OperandSegment => _instruction.MemorySegment switch
    {
        Register.ES => SegmentRegister.Es,
        Register.CS => SegmentRegister.Cs,
        Register.SS => SegmentRegister.Ss,
        Register.FS => SegmentRegister.Fs,
        Register.GS => SegmentRegister.Gs,
        _ => SegmentRegister.Ds,
    };

    private static ulong Cut(ulong value, int size) => size == 8 ? value : value & ((1UL << (8 * size)) - 1);

    private static string Hexadecimal(ulong value) => value.ToString("x", CultureInfo.InvariantCulture);

    private static bool IsDestinationKind(OpKind kind) =>
        kind is OpKind.MemoryESDI or OpKind.MemoryESEDI or OpKind.MemoryESRDI;

    private bool IsStringDestination(int operand) => IsDestinationKind(_instruction.GetOpKind(operand));

    /// <summary>The bit's number in a register reaches beyond the operand.</summary>
    private ulong BitStringOffset(int operand)
    {
        bool isBitString = _instruction.Mnemonic is Mnemonic.Bt or Mnemonic.Bts or Mnemonic.Btr or Mnemonic.Btc;
        if (!isBitString || operand != 0 || _instruction.Op1Kind != OpKind.Register)
        {
            return 0;
        }

        int size = _instruction.Op1Register.GetSize();
        long bit = (long)(General[_instruction.Op1Register.GetFullRegister() - Register.RAX] << (64 - (8 * size)))
            >> (64 - (8 * size));
        return (ulong)((bit >> (size == 8 ? 6 : size == 4 ? 5 : 4)) * size);
    }

    private ulong StackAddress(int offset)
    {
        ulong pointer = General[Rsp] + (ulong)(long)offset;
        return Bits == 64 ? pointer
            : (uint)((HasLargeStack ? (uint)pointer : (ushort)pointer) + SegmentBase(SegmentRegister.Ss));
    }

    private bool TryGetRegister(Register register, int elementIndex, int elementSize, out ulong value)
    {
        value = register switch
        {
            Register.ES => SegmentBase(SegmentRegister.Es),
            Register.CS => SegmentBase(SegmentRegister.Cs),
            Register.SS => SegmentBase(SegmentRegister.Ss),
            Register.DS => SegmentBase(SegmentRegister.Ds),
            Register.FS => SegmentBase(SegmentRegister.Fs),
            Register.GS => SegmentBase(SegmentRegister.Gs),
            _ when register.IsGPR64() => General[register.GetNumber()],
            _ when register.IsGPR32() => (uint)General[register.GetNumber()],
            _ => (ushort)General[register.GetFullRegister() - Register.RAX],
        };
        return true;
    }

    private void Adjust(int register, int operand, ulong target)
    {
        if (TryLocate(operand, out ulong address))
        {
            General[register] += target - address;
        }
    }

    /// <summary>No register to move: the constant in the code is.</summary>
    private void AdjustDisplacement(int operand, ulong target)
    {
        if (!TryLocate(operand, out ulong address))
        {
            return;
        }

        var decoder = Decoder.Create(Bits, new ByteArrayCodeReader(Code), InstructionPointer);
        decoder.Decode(out Instruction same);
        ConstantOffsets offsets = decoder.GetConstantOffsets(in same);
        ulong moved = target - address;
        for (int index = 0; index < offsets.DisplacementSize; index++)
        {
            ulong value = Code[offsets.DisplacementOffset + index] + (moved & 0xFF);
            Code[offsets.DisplacementOffset + index] = (byte)value;
            moved = (moved >> 8) + (value >> 8);
        }

        decoder = Decoder.Create(Bits, new ByteArrayCodeReader(Code), InstructionPointer);
        decoder.Decode(out _instruction);
    }
}

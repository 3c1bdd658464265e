// SPDX-License-Identifier: MIT
using System;
using System.Collections.Generic;
using System.Linq;
using Hypervisor.Virtualization.Emulation;
using Iced.Intel;

namespace Hypervisor.Fuzz.Emulation;

/// <summary>The opcode of a form that the emulator knows: what the operands do not decide.</summary>
internal sealed record OpcodeSeed(byte Prefix, byte[] Opcode, byte Extension, Code Form)
{
    private static readonly byte[] s_prefixes = [0, 0x66, 0xF2, 0xF3];

    private static readonly byte[][] s_maps = [[], [0x0F], [0x0F, 0x38]];

    /// <summary>All of a mode, found by asking the decoder about every opcode there is.</summary>
    public static OpcodeSeed[] Find(int bits)
    {
        var found = new Dictionary<string, OpcodeSeed>();
        foreach (byte[] map in s_maps)
        {
            foreach (byte prefix in s_prefixes)
            {
                for (int number = 0; number < 256 * 8; number++)
                {
                    var seed = new OpcodeSeed(prefix, [.. map, (byte)(number >> 3)], (byte)(number & 7), Code.INVALID);
                    Instruction instruction = Decode(seed.Encode(0, 1, []), bits);
                    if (IsEmulated(in instruction, bits))
                    {
                        string key = $"{prefix} {instruction.Code}";
                        _ = found.TryAdd(key, seed with { Form = instruction.Code });
                    }
                }
            }
        }

        return [.. found.Values];
    }

    /// <summary>The bytes from the mandatory prefix on; what follows is zeros enough for any constant.</summary>
    public byte[] Encode(byte rex, byte modRm, ReadOnlySpan<byte> rest)
    {
        byte[] start = Prefix == 0 ? [] : [Prefix];
        byte[] extended = rex == 0 ? [] : [rex];
        return [.. start, .. extended, .. Opcode, (byte)((modRm & 0xC7) | (Extension << 3)), .. rest, .. new byte[12]];
    }

    public static Instruction Decode(byte[] code, int bits, ulong address = TestLayout.Instruction)
    {
        var decoder = Decoder.Create(bits, new ByteArrayCodeReader(code), address);
        decoder.Decode(out Instruction instruction);
        return instruction;
    }

    /// <summary>True where the emulator executes it on device memory.</summary>
    public static bool IsEmulated(in Instruction instruction, int bits)
    {
        if (instruction.IsInvalid)
        {
            return false;
        }

        DecodedInstruction form = default;
        DecodedForm.Describe(in instruction, bits, ref form);
        bool isVector = form.Operation == EmulatedOperation.MoveVector;
        bool isOther = isVector && form.Destination != OperandPlace.Vector && form.Source != OperandPlace.Vector;
        bool isTooWide = form.Operation == EmulatedOperation.CompareExchangeDouble && form.Size != 8;
        return form.HasMemoryOperand && !isOther && !isTooWide
            && form.Operation is > EmulatedOperation.None and <= EmulatedOperation.StringScan;
    }
}

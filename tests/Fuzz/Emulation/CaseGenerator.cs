// SPDX-License-Identifier: MIT
using System;
using System.Linq;
using Hypervisor.Virtualization;
using Iced.Intel;

namespace Hypervisor.Fuzz.Emulation;

/// <summary>
/// Makes instructions that the emulator knows, with hostile registers, and operands that lie in the window more often
/// than not: at its pages' ends above all.
/// </summary>
internal sealed class CaseGenerator(int bits)
{
    private const ulong StatusFlags = 0x8D5;
    private const ulong DirectionFlag = 1 << 10;
    private const ulong FixedFlags = 0x202;

    private static readonly byte[] s_segmentPrefixes = [0x26, 0x2E, 0x36, 0x3E, 0x64, 0x65];

    private static readonly ulong[] s_edges =
    [
        0, 1, 2, 0x7F, 0x80, 0xFF, 0x7FFF, 0x8000, 0xFFFF, 0x7FFF_FFFF, 0x8000_0000, 0xFFFF_FFFF, 0x7FFF_FFFF_FFFF,
        0x8000_0000_0000, 0xFFFF_8000_0000_0000, 0x7FFF_FFFF_FFFF_FFFF, 0x8000_0000_0000_0000, ulong.MaxValue,
        0x1_0000_0000, TestLayout.Window, TestLayout.Window + TestLayout.WindowLength - 1,
    ];

    public OpcodeSeed[] Seeds { get; } = OpcodeSeed.Find(bits);

    public InstructionCase Next(Random random) => Next(random, Seeds[random.Next(Seeds.Length)]);

    /// <summary>A case of this form, or of a near one: prefixes may change it.</summary>
    public InstructionCase Next(Random random, OpcodeSeed seed)
    {
        while (true)
        {
            byte[] code = RandomCode(random, seed);
            ulong address = TestLayout.Instruction - (bits == 16 ? TestLayout.Code : 0);
            Instruction instruction = OpcodeSeed.Decode(code, bits, address);
            if (OpcodeSeed.IsEmulated(in instruction, bits))
            {
                var test = new InstructionCase { Bits = bits, Code = code[..instruction.Length] };
                test.Instruction = instruction;
                FillRegisters(test, random);
                PlaceOperands(test, random);
                return test;
            }
        }
    }

    private byte[] RandomCode(Random random, OpcodeSeed seed)
    {
        byte[] rest = new byte[16];
        random.NextBytes(rest);
        byte modRm = (byte)(random.Next(3) << 6 | random.Next(8));
        byte rex = (byte)(bits == 64 && random.Next(2) == 0 ? 0x40 | random.Next(16) : 0);
        byte[] body = (seed with { Extension = ExtensionOf(seed, random) }).Encode(rex, modRm, rest);
        byte[] prefixes = new byte[random.Next(3)];
        for (int index = 0; index < prefixes.Length; index++)
        {
            prefixes[index] = random.Next(8) switch
            {
                0 or 1 => 0x66,
                2 => 0x67,
                3 => 0xF0,
                4 => (byte)(0xF2 + random.Next(2)),
                _ => s_segmentPrefixes[random.Next(s_segmentPrefixes.Length)],
            };
        }

        return [.. prefixes, .. body];
    }

    /// <summary>The field is a register where the opcode is not a group of several instructions.</summary>
    private byte ExtensionOf(OpcodeSeed seed, Random random)
    {
        byte other = (byte)random.Next(8);
        Instruction changed = OpcodeSeed.Decode((seed with { Extension = other }).Encode(0, 1, []), bits);
        return changed.Code == seed.Form ? other : seed.Extension;
    }

    private static void FillRegisters(InstructionCase test, Random random)
    {
        for (int number = 0; number < 16; number++)
        {
            test.General[number] = RandomValue(random);
        }

        for (int word = 0; word < 32; word++)
        {
            test.Vector[word] = (ulong)random.NextInt64();
        }

        test.Flags = FixedFlags | ((ulong)random.Next() & (StatusFlags | (random.Next(3) == 0 ? DirectionFlag : 0)));
        test.FsBase = RandomBase(random);
        test.GsBase = RandomBase(random);
        test.HasLargeStack = random.Next(2) == 0;
        foreach (SegmentRegister segment in InstructionCase.DataSegments)
        {
            test.SegmentChoice[(int)segment] = random.Next(NativeProcessor.SegmentBases.Length);
        }
    }

    private static ulong RandomValue(Random random) => random.Next(5) switch
    {
        0 => s_edges[random.Next(s_edges.Length)],
        1 => (ulong)random.Next(64),
        2 => TestLayout.Window + (ulong)random.Next((int)TestLayout.WindowLength),
        3 => (ulong)(int)random.Next() << random.Next(32),
        _ => (ulong)random.NextInt64() << 1,
    };

    /// <summary>A base has to be canonical: the processor takes no other.</summary>
    private static ulong RandomBase(Random random) => random.Next(3) switch
    {
        0 => 0,
        1 => TestLayout.Window + (ulong)random.Next(-5000, 5000),
        _ => (ulong)(random.NextInt64() << 17 >> 17),
    };

    private static void PlaceOperands(InstructionCase test, Random random)
    {
        if (random.Next(4) != 0)
        {
            test.SetCount(random.Next(8) == 0 ? RandomValue(random) : (ulong)random.Next(200));
        }

        test.MoveStack(RandomTarget(random));
        for (int operand = 0; operand < test.Instruction.OpCount; operand++)
        {
            if (random.Next(16) != 0)
            {
                test.MoveOperand(operand, RandomTarget(random));
            }
        }
    }

    private static ulong RandomTarget(Random random)
    {
        ulong page = TestLayout.Window + ((ulong)random.Next(TestLayout.WindowPages) * TestLayout.PageSize);
        const ulong Alignment = 16;
        ulong target = page + (ulong)random.Next((int)TestLayout.PageSize);
        return random.Next(3) switch
        {
            0 => page + (ulong)random.Next(-17, 17),
            1 => target & ~(Alignment - 1),
            _ => target,
        };
    }
}

// SPDX-License-Identifier: MIT
using Hypervisor.Guests.Kit;
using Iced.Intel;

namespace Hypervisor.Guests.Tests;

/// <summary>Iced, as it comes from its package, on our core library.</summary>
internal static class DecoderTests
{
    private static readonly byte[] s_code = [0x48, 0x89, 0x18, 0x0f, 0xb6, 0x43, 0x10, 0xc5, 0xf8, 0x58, 0xc1];

    [GuestTest]
    internal static void NamesInstructions()
    {
        Decoder decoder = Decoder.Create(64, new RepeatingReader(s_code));
        decoder.Decode(out Instruction instruction);
        Check.Equal((int)Code.Mov_rm64_r64, (int)instruction.Code, "first instruction");
        Check.Equal((int)Register.RBX, (int)instruction.Op1Register, "its source");
        decoder.Decode(out instruction);
        Check.Equal((int)Code.Movzx_r32_rm8, (int)instruction.Code, "second instruction");
        Check.Equal(0x10, instruction.MemoryDisplacement64, "its displacement");
        Check.Equal((int)MemorySize.UInt8, (int)instruction.MemorySize, "its memory size");
        decoder.Decode(out instruction);
        Check.Equal((int)Code.VEX_Vaddps_xmm_xmm_xmmm128, (int)instruction.Code, "third instruction");
    }

    [GuestTest]
    internal static void AllocatesNothing()
    {
        Decoder decoder = Decoder.Create(64, new RepeatingReader(s_code));
        decoder.Decode(out Instruction instruction);
        long before = GuestHeap.Used;
        int lengths = 0;
        for (int i = 0; i < 3000; i++)
        {
            decoder.Decode(out instruction);
            lengths += instruction.Length;
        }
        Check.Equal(0, (int)(GuestHeap.Used - before), "bytes allocated by 3000 decodes");
        Check.Equal(11000, lengths, "length of all instructions");
    }

    private sealed class RepeatingReader : CodeReader
    {
        private readonly byte[] _bytes;
        private int _next;

        internal RepeatingReader(byte[] bytes)
        {
            _bytes = bytes;
        }

        public override int ReadByte()
        {
            byte value = _bytes[_next];
            _next = _next + 1 == _bytes.Length ? 0 : _next + 1;
            return value;
        }
    }
}

// SPDX-License-Identifier: MIT
using System;
using Iced.Intel;

namespace Hypervisor.Virtualization.Emulation;

/// <summary>
/// One processor's decoder: Iced with its tables, made at boot because they are allocated then and never again.
/// Decoding itself allocates nothing.
/// </summary>
internal sealed class InstructionDecoder
{
    private readonly FetchedBytes _bytes = new();
    private readonly Decoder _decoder16;
    private readonly Decoder _decoder32;
    private readonly Decoder _decoder64;

    public InstructionDecoder()
    {
        _decoder16 = Decoder.Create(16, _bytes, 0);
        _decoder32 = Decoder.Create(32, _bytes, 0);
        _decoder64 = Decoder.Create(64, _bytes, 0);
        Touch();
    }

    /// <summary>
    /// Uses what builds a table of Iced when it is first used: tables belong to the boot region, so none may come
    /// later.
    /// </summary>
    private void Touch()
    {
        const ulong MoveFromMemory = 0x038B;
        const ulong MoveFromControl = 0xC0_200F;
        const ulong MoveVector = 0x036F_0F66;
        var sample = new EmulationContext { ByteCount = InstructionFetcher.MaximumLength };
        DecodedInstruction result = default;
        sample.BytesLow = MoveFromMemory;
        _ = TryDecode(sample, 0, 0, 64, ref result, out _);
        sample.BytesLow = MoveFromControl;
        _ = TryDecode(sample, 0, 0, 32, ref result, out _);
        sample.BytesLow = MoveVector;
        _ = TryDecode(sample, 0, 0, 16, ref result, out _);
    }

    /// <summary>
    /// Decodes the bytes that were fetched at <paramref name="rip"/>. False where they are no instruction, or break off
    /// before its end: <paramref name="isTruncated"/>.
    /// </summary>
    public bool TryDecode(EmulationContext fetched, ulong linear, ulong rip, int codeBits,
        ref DecodedInstruction result, out bool isTruncated)
    {
        Decoder decoder = codeBits switch
        {
            64 => _decoder64,
            32 => _decoder32,
            _ => _decoder16,
        };
        _bytes.Begin(fetched);
        decoder.IP = rip;
        decoder.Decode(out Instruction instruction);
        isTruncated = decoder.LastError == DecoderError.NoMoreBytes;
        result.CodeBits = 0;
        if (decoder.LastError != DecoderError.None)
        {
            return false;
        }

        fetched.Decoded++;
        Remember(fetched, linear, codeBits, in instruction, ref result);
        DecodedForm.Describe(in instruction, codeBits, ref result);
        return true;
    }

    private static void Remember(EmulationContext fetched, ulong linear, int codeBits, in Instruction instruction,
        ref DecodedInstruction result)
    {
        int length = instruction.Length;
        result = default;
        result.Linear = linear;
        result.CodeBits = (byte)codeBits;
        result.Length = (byte)length;
        result.BytesLow = fetched.BytesLow;
        result.BytesHigh = fetched.BytesHigh;
        result.MaskLow = length >= 8 ? ulong.MaxValue : (1UL << (8 * length)) - 1;
        result.MaskHigh = length <= 8 ? 0 : (1UL << (8 * (length - 8))) - 1;
        result.Code = (int)instruction.Code;
    }
}

// SPDX-License-Identifier: MIT
using System.Runtime.CompilerServices;
using Hypervisor.Memory;

namespace Hypervisor.Virtualization.Emulation;

/// <summary>
/// One instruction in the form that the emulator executes, together with the bytes that it was decoded from: as long as
/// these are the same at the same place, it is still right.
/// </summary>
internal struct DecodedInstruction
{
    public const byte NoRegister = 0xFF;

    /// <summary>
    /// The linear address, and the width of the code segment, that it was decoded for; width 0: nothing here.
    /// </summary>
    public ulong Linear;
    public byte CodeBits;
    public byte Length;
    public ulong BytesLow;
    public ulong BytesHigh;
    public ulong MaskLow;
    public ulong MaskHigh;

    /// <summary>
    /// Where RIP stood, in which mode, and that its translation is still right; valid where the mode is.
    /// </summary>
    public ulong Rip;
    public ulong NextRip;
    public FetchMode Mode;
    public TranslationProof Proof;

    public EmulatedOperation Operation;
    public OperandPlace Destination;
    public OperandPlace Source;
    public byte DestinationRegister;
    public byte SourceRegister;

    /// <summary>Bytes of the operands; of the source, where it is narrower than the destination.</summary>
    public byte Size;
    public byte SourceSize;
    public ulong Immediate;

    /// <summary>2, 4 or 8 bytes.</summary>
    public byte AddressSize;
    public byte BaseRegister;
    public byte IndexRegister;
    public byte Scale;
    public SegmentRegister Segment;
    public ulong Displacement;
    public bool IsRepeated;
    public bool IsRepeatedWhileNotEqual;
    public bool IsLocked;

    /// <summary>Iced's number of the form, for its name in reports.</summary>
    public int Code;

    public readonly bool HasMemoryOperand => Destination == OperandPlace.Memory || Source == OperandPlace.Memory;

    /// <summary>True where the memory that the proof leads to still holds these bytes.</summary>
    public readonly bool IsStillThere
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => ((Proof.Low ^ BytesLow) & MaskLow) == 0 && (MaskHigh == 0 || ((Proof.High ^ BytesHigh) & MaskHigh) == 0);
    }

    /// <summary>True where the bytes that were just fetched are those that this was decoded from.</summary>
    public readonly bool Matches(ulong linear, int codeBits, EmulationContext fetched) =>
        Linear == linear
        && CodeBits == codeBits
        && ((fetched.BytesLow ^ BytesLow) & MaskLow) == 0
        && ((fetched.BytesHigh ^ BytesHigh) & MaskHigh) == 0
        && Length <= fetched.ByteCount;
}

// SPDX-License-Identifier: MIT
using System.Runtime.CompilerServices;
using Hypervisor.Memory;

namespace Hypervisor.Virtualization.Emulation;

/// <summary>Finds the decoded form of the bytes that were fetched: a kept one that still fits, or a new one.</summary>
internal static class DecodedInstructions
{
    private const ulong PageSize = 4096;

    /// <summary>
    /// NextInstruction with the instruction. Bytes that are none raise #UD; those that break off at a page that
    /// cannot be read raise its page fault.
    /// </summary>
    public static ExitAction Find(VirtualCpu cpu, ulong linear, int codeBits, out DecodedInstruction instruction)
    {
        ExitAction outcome = Find(cpu, linear, codeBits, out int slot);
        instruction = cpu.Emulation[slot];
        return outcome;
    }

    /// <summary>The same without a copy: the number of the slot that holds it.</summary>
    public static ExitAction Find(VirtualCpu cpu, ulong linear, int codeBits, out int slot)
    {
        EmulationContext context = cpu.Emulation;
        slot = EmulationContext.SlotOf(cpu.Registers.Rip);
        ref DecodedInstruction kept = ref context[slot];
        if (kept.Matches(linear, codeBits, context))
        {
            context.Reused++;
            Keep(cpu, slot);
            return ExitAction.NextInstruction;
        }

        InstructionDecoder decoder = cpu.Processor.Decoder;
        if (decoder.TryDecode(context, linear, cpu.Registers.Rip, codeBits, ref kept, out bool isTruncated))
        {
            Keep(cpu, slot);
            return ExitAction.NextInstruction;
        }

        if (!isTruncated || context.ByteCount >= InstructionFetcher.MaximumLength)
        {
            return cpu.RaiseInvalidOpcode();
        }

        ExitAction fault = LinearMemory.TranslateFetch(cpu, linear + (ulong)context.ByteCount);
        return fault == ExitAction.NextInstruction ? ExitAction.Resume : fault;
    }

    /// <summary>
    /// Finds the instruction at RIP without fetching it: the mode, the page tables and the bytes are compared with
    /// those that a kept one was found with. False where it must be fetched.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool TryReuse(VirtualCpu cpu, out int slot)
    {
        ulong rip = cpu.Registers.Rip;
        slot = EmulationContext.SlotOf(rip);
        if (!IsUsable(cpu, in cpu.Emulation[slot], rip))
        {
            return false;
        }

        cpu.Emulation.Reused++;
        return true;
    }

    /// <summary>
    /// True where this is the instruction at RIP: same place, same mode, same page tables, same bytes.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool IsUsable(VirtualCpu cpu, in DecodedInstruction kept, ulong rip) =>
        kept.Rip == rip && cpu.IsIn(in kept.Mode) && kept.Proof.Holds && kept.IsStillThere;

    /// <summary>
    /// Makes the instruction that was just found in the slot of RIP one that <see cref="TryReuse"/> finds, where it
    /// lies in one page and the walk to it can be remembered.
    /// </summary>
    public static void Keep(VirtualCpu cpu, int slot)
    {
        EmulationContext context = cpu.Emulation;
        ref DecodedInstruction kept = ref context[slot];
        kept.Mode = default;
        ulong rip = cpu.Registers.Rip;
        bool isInOnePage = context.Fetched.OffsetIn(PageSize) + kept.Length <= PageSize;
        if (slot != EmulationContext.SlotOf(rip) || !isInOnePage || context.WalkedCount > TranslationProof.MaximumWords
            || !TranslationProof.TryBegin(cpu.Memory, context.Fetched, out kept.Proof))
        {
            return;
        }

        for (int index = 0; index < context.WalkedCount; index++)
        {
            if (!kept.Proof.TryAdd(cpu.Memory, index, context.WalkedPlaces[index], context.WalkedValues[index]))
            {
                return;
            }
        }

        kept.Rip = rip;
        kept.NextRip = InstructionLengths.Advance(cpu, kept.CodeBits, kept.Length);
        cpu.Capture(out kept.Mode);
    }
}

// SPDX-License-Identifier: MIT
namespace Hypervisor.Virtualization.Emulation;

/// <summary>Finds the decoded form of the bytes that were fetched: a kept one that still fits, or a new one.</summary>
internal static class DecodedInstructions
{
    /// <summary>
    /// NextInstruction with the instruction. Bytes that are none raise #UD; those that break off at a page that cannot be
    /// read raise its page fault.
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
        slot = EmulationContext.SlotOf(linear);
        ref DecodedInstruction kept = ref context[slot];
        if (kept.Matches(linear, codeBits, context))
        {
            context.Reused++;
            return ExitAction.NextInstruction;
        }

        InstructionDecoder decoder = cpu.Processor.Decoder;
        if (decoder.TryDecode(context, linear, cpu.Registers.Rip, codeBits, ref kept, out bool isTruncated))
        {
            return ExitAction.NextInstruction;
        }

        if (!isTruncated || context.ByteCount >= InstructionFetcher.MaximumLength)
        {
            return cpu.RaiseInvalidOpcode();
        }

        ExitAction fault = LinearMemory.TranslateFetch(cpu, linear + (ulong)context.ByteCount);
        return fault == ExitAction.NextInstruction ? ExitAction.Resume : fault;
    }
}

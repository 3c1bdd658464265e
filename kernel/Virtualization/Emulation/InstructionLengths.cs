// SPDX-License-Identifier: MIT
namespace Hypervisor.Virtualization.Emulation;

/// <summary>
/// Where the next instruction starts, on processors that do not say so (AMD without NRIP save, QEMU among them): it is
/// decoded once, and from then on proved to be the same.
/// </summary>
internal static class InstructionLengths
{
    private const uint ThreeBytes = 0xFF_FFFF;
    private const uint Rdtscp = 0xF9_010F;

    /// <summary>
    /// The next instruction's address where this one was met before and is still there; 0 where it is not.
    /// </summary>
    public static ulong Recall(VirtualCpu cpu)
    {
        ulong rip = cpu.Registers.Rip;
        ref readonly DecodedInstruction kept = ref cpu.Emulation[EmulationContext.SlotOf(rip)];
        return DecodedInstructions.IsUsable(cpu, in kept, rip) ? kept.NextRip : 0;
    }

    /// <summary>
    /// NextInstruction with the address, or what the fetch came to. Resume where the bytes are not that instruction any
    /// more: the guest has changed them since, and runs what is there now.
    /// </summary>
    public static ExitAction Resolve(VirtualCpu cpu, out ulong next)
    {
        int bits = cpu.CodeBits;
        ulong linear = cpu.LinearRip(bits);
        next = 0;
        ExitAction fetched = InstructionFetcher.Fetch(cpu, linear);
        if (fetched != ExitAction.NextInstruction)
        {
            return fetched;
        }

        ExitAction decoded = DecodedInstructions.Find(cpu, linear, bits, out int slot);
        if (decoded != ExitAction.NextInstruction)
        {
            return decoded;
        }

        ref readonly DecodedInstruction instruction = ref cpu.Emulation[slot];
        if (instruction.Operation == EmulatedOperation.None)
        {
            return ExitAction.Resume;
        }

        next = Advance(cpu, bits, instruction.Length);
        return ExitAction.NextInstruction;
    }

    /// <summary>As <see cref="Resolve"/> for RDTSC and RDTSCP, which QEMU 7.2 reports alike.</summary>
    public static ExitAction ResolveTimestamp(VirtualCpu cpu, out ulong next, out bool isRdtscp)
    {
        ExitAction outcome = Resolve(cpu, out next);
        isRdtscp = ((uint)cpu.Emulation.BytesLow & ThreeBytes) == Rdtscp;
        return outcome;
    }

    /// <summary>RIP plus a length, within the code segment's width.</summary>
    public static ulong Advance(VirtualCpu cpu, int codeBits, int length)
    {
        ulong next = cpu.Registers.Rip + (ulong)length;
        return codeBits == 64 ? next : (uint)next;
    }
}

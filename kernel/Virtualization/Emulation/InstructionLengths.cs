// SPDX-License-Identifier: MIT
namespace Hypervisor.Virtualization.Emulation;

/// <summary>
/// Where the next instruction starts, on processors that do not say so (AMD without NRIP save, QEMU among them): the bytes
/// are compared with the usual form of the instruction that the exit names, and any other form is decoded.
/// </summary>
internal static class InstructionLengths
{
    private const uint TwoBytes = 0xFFFF;
    private const uint ThreeBytes = 0xFF_FFFF;
    private const uint Rdtscp = 0xF9_010F;

    /// <summary>
    /// NextInstruction with the address, or what the fetch came to. Resume where the bytes are not that instruction any more:
    /// the guest has changed them since, and runs what is there now.
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

        int length = UsualLength(cpu);
        if (length == 0)
        {
            ExitAction decoded = DecodedInstructions.Find(cpu, linear, bits, out DecodedInstruction instruction);
            if (decoded != ExitAction.NextInstruction)
            {
                return decoded;
            }

            if (instruction.Operation == EmulatedOperation.None)
            {
                return ExitAction.Resume;
            }

            length = instruction.Length;
        }

        next = Advance(cpu, bits, length);
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

    /// <summary>The length of the usual encoding where the bytes are just that, else 0.</summary>
    private static int UsualLength(VirtualCpu cpu)
    {
        uint bytes = (uint)cpu.Emulation.BytesLow;
        uint two = bytes & TwoBytes;
        uint three = bytes & ThreeBytes;
        switch (cpu.Exit.Kind)
        {
            case ExitKind.Cpuid:
                return two == 0xA20F ? 2 : 0;
            case ExitKind.Hypercall:
                return three is 0xD9_010F or 0xC1_010F ? 3 : 0;
            case ExitKind.Halt:
                return (byte)bytes == 0xF4 ? 1 : 0;
            case ExitKind.MsrAccess:
                return two is 0x300F or 0x320F ? 2 : 0;
            case ExitKind.TimestampCounter:
                return two == 0x310F ? 2 : three == Rdtscp ? 3 : 0;
            case ExitKind.Pause:
                return two == 0x90F3 ? 2 : 0;
            case ExitKind.CacheControl:
                return two is 0x090F or 0x080F ? 2 : 0;
            case ExitKind.Xsetbv:
                return three == 0xD1_010F ? 3 : 0;
            default:
                return 0;
        }
    }
}

// SPDX-License-Identifier: MIT
using System;
using Hypervisor.Guests.Kit;
using Hypervisor.X64;

namespace Hypervisor.Guests.Tests;

/// <summary>What the processor says of itself is complete and agrees with what it does.</summary>
internal static unsafe class CpuidTests
{
    private const ulong Osxsave = 1 << 18;
    private const uint OsxsaveBit = 1 << 27;
    private const uint XsaveBit = 1 << 26;
    private const uint CompareExchange16Bit = 1 << 13;
    private const ulong Scratch = 0xf02000;

    [GuestTest]
    internal static void Basics()
    {
        Check.That(Instructions.Cpuid(0).Eax >= 0xd, "highest standard leaf");
        Check.That(Instructions.Cpuid(0x80000000).Eax >= 0x80000008, "highest extended leaf");
        uint features = Instructions.Cpuid(1).Edx;
        Check.Equal(0x07008371, features & 0x07008371, "FPU, TSC, MSR, PAE, CX8, APIC, CMOV, FXSR, SSE, SSE2");
        CpuidResult extended = Instructions.Cpuid(0x80000001);
        Check.Equal(0x20100800, extended.Edx & 0x20100800, "long mode, no-execute, SYSCALL");
        uint bits = Instructions.Cpuid(0x80000008).Eax;
        Check.That((bits & 0xff) is >= 32 and <= 52 && ((bits >> 8) & 0xff) is 48 or 57, "address sizes");
    }

    [GuestTest]
    internal static void HidesVirtualization()
    {
        if (!GuestMachine.HasKvmInterface)
        {
            Check.Skip("no hypervisor of ours");
        }
        Check.Equal(0, Instructions.Cpuid(0x80000001).Ecx & 4, "SVM bit");
        Check.Equal(0, Instructions.Cpuid(1).Ecx & 0x20, "VMX bit");
        CpuidResult svm = Instructions.Cpuid(0x8000000a);
        Check.Equal(0, svm.Eax | svm.Ebx | svm.Ecx | svm.Edx, "SVM leaf");
    }

    [GuestTest]
    internal static void ApicIdAgrees()
    {
        uint fromLeaf = Instructions.Cpuid(1).Ebx >> 24;
        Check.Equal(LocalApic.Read(LocalApic.Id) >> 24, fromLeaf, "APIC ID of leaf 1");
        if (Instructions.Cpuid(0).Eax >= 0xb && Instructions.Cpuid(0xb).Ebx != 0)
        {
            Check.Equal(fromLeaf, Instructions.Cpuid(0xb).Edx, "APIC ID of leaf 0xb");
        }
    }

    [GuestTest]
    internal static void OsxsaveFollowsCr4()
    {
        if ((Instructions.Cpuid(1).Ecx & XsaveBit) == 0)
        {
            Check.Skip("no XSAVE");
        }
        ulong cr4 = Instructions.ReadCr4();
        Instructions.WriteCr4(cr4 & ~Osxsave);
        uint without = Instructions.Cpuid(1).Ecx & OsxsaveBit;
        Instructions.WriteCr4(cr4 | Osxsave);
        uint with = Instructions.Cpuid(1).Ecx & OsxsaveBit;
        Instructions.WriteCr4(cr4);
        Check.Equal(0, without, "OSXSAVE while CR4 has it off");
        Check.Equal(OsxsaveBit, with, "OSXSAVE while CR4 has it on");
    }

    [GuestTest]
    internal static void XsaveLeafFollowsXcr0()
    {
        if ((Instructions.Cpuid(1).Ecx & XsaveBit) == 0 || (Instructions.Cpuid(0xd).Eax & 4) == 0)
        {
            Check.Skip("no AVX");
        }
        ulong cr4 = Instructions.ReadCr4();
        Instructions.WriteCr4(cr4 | Osxsave);
        Instructions.Xsetbv(0, 3);
        uint small = Instructions.Cpuid(0xd).Ebx;
        Instructions.Xsetbv(0, 7);
        uint large = Instructions.Cpuid(0xd).Ebx;
        Instructions.Xsetbv(0, 3);
        Instructions.WriteCr4(cr4);
        Check.Equal(576, small, "area for x87 and SSE");
        Check.Equal(832, large, "area with AVX");
    }

    [GuestTest]
    internal static void CompareExchange16IsOfferedWhereItWorks()
    {
        if (!GuestMachine.HasKvmInterface)
        {
            Check.Skip("QEMU 7.2 offers it, with wrong flags");
        }

        // add r9, r8; cmpxchg16b [rdi]; pushfq; pop r10; test r10, r10: QEMU 7.2 takes the operand of ADD for the flags
        // after it. The operand is CPUID's flag, which does no harm where it gets into RFLAGS.
        const ulong Operand = 1 << 21;
        const ulong InterruptFlag = 1 << 9;
        const ulong ParityAndZero = 0x46;
        new Span<byte>((void*)Scratch, 16).Clear();
        RegisterFile registers = new() { Rdi = Scratch, R8 = Operand };
        int vector = MachineCode.Run(
            [0x4d, 0x01, 0xc1, 0x48, 0x0f, 0xc7, 0x0f, 0x9c, 0x41, 0x5a, 0x4d, 0x85, 0xd2], ref registers);
        bool works = vector == MachineCode.NoException && (registers.R10 & ~InterruptFlag) == ParityAndZero;
        bool isOffered = (Instructions.Cpuid(1).Ecx & CompareExchange16Bit) != 0;
        Check.That(works || !isOffered, $"CMPXCHG16B is offered; it leaves flags {registers.R10:x}");
    }

    [GuestTest]
    internal static void UnknownLeavesAreQuiet()
    {
        CpuidResult first = Instructions.Cpuid(0x7fffffff);
        CpuidResult second = Instructions.Cpuid(0x7fffffff);
        Check.That(first.Eax == second.Eax && first.Edx == second.Edx, "the same answer twice");
    }
}

// SPDX-License-Identifier: MIT
using System;
using Hypervisor.Guests.Kit;
using Hypervisor.X64;

namespace Hypervisor.Guests.Tests;

/// <summary>Model-specific registers keep what is written, and refuse what they must.</summary>
internal static class MsrTests
{
    private const uint Efer = 0xc0000080;
    private const uint Star = 0xc0000081;
    private const uint LongStar = 0xc0000082;
    private const uint SyscallMask = 0xc0000084;
    private const uint FsBase = 0xc0000100;
    private const uint GsBase = 0xc0000101;
    private const uint KernelGsBase = 0xc0000102;
    private const uint TscAux = 0xc0000103;
    private const uint SysenterStack = 0x175;
    private const uint SysenterEntry = 0x176;
    private const uint ApicBase = 0x1b;
    private const uint Pat = 0x277;
    private const uint MtrrCapabilities = 0xfe;

    // RDMSR and WRMSR with the index in ECX and the value in EDX:EAX.
    private static readonly byte[] s_rdmsr = [0x0f, 0x32];
    private static readonly byte[] s_wrmsr = [0x0f, 0x30];

    [GuestTest]
    internal static void KeepWhatIsWritten()
    {
        RoundTrip(Star, 0x00230010_00000000);
        RoundTrip(LongStar, 0xffffffff_81234560);
        RoundTrip(SyscallMask, 0x47700);
        RoundTrip(FsBase, 0x00007f12_3456789a);
        RoundTrip(KernelGsBase, 0xffff8880_12345678);
        RoundTrip(SysenterStack, 0x12345678);
        RoundTrip(SysenterEntry, 0x11223344);
        RoundTrip(Pat, 0x0007040600070406);
        if ((Instructions.Cpuid(0x80000001).Edx & (1 << 27)) != 0)
        {
            RoundTrip(TscAux, 0x1234);
        }
    }

    [GuestTest]
    internal static void SwapgsSwaps()
    {
        ulong gs = Instructions.ReadMsr(GsBase);
        Instructions.WriteMsr(KernelGsBase, 0x12345000);
        RegisterFile registers = default;
        // swapgs; mov ecx, GS base; rdmsr; mov r8d, eax; swapgs
        _ = MachineCode.Run(
            [0x0f, 0x01, 0xf8, 0xb9, 0x01, 0x01, 0x00, 0xc0, 0x0f, 0x32, 0x41, 0x89, 0xc0, 0x0f, 0x01, 0xf8],
            ref registers);
        Check.Equal(0x12345000, registers.R8, "GS base after SWAPGS");
        Check.Equal(gs, Instructions.ReadMsr(GsBase), "GS base after two");
    }

    [GuestTest]
    internal static void EferShowsLongMode()
    {
        ulong efer = Instructions.ReadMsr(Efer);
        Check.Equal(0xd00, efer & 0xd00, "LME, LMA and NXE");
        Instructions.WriteMsr(Efer, efer | 1);
        Check.Equal(efer | 1, Instructions.ReadMsr(Efer), "SCE");
        Instructions.WriteMsr(Efer, efer);
    }

    [GuestTest]
    internal static void ApicBaseIsUsual()
    {
        ulong value = Instructions.ReadMsr(ApicBase);
        Check.Equal(LocalApic.Base, value & 0xffffff000, "base");
        Check.Equal(0x900, value & 0x900, "enabled, boot processor");
    }

    [GuestTest]
    internal static void MtrrsAreThere()
    {
        if ((Instructions.Cpuid(1).Edx & (1 << 12)) == 0)
        {
            Check.Skip("no MTRRs");
        }
        Check.That((Instructions.ReadMsr(MtrrCapabilities) & 0xff) <= 32, "number of variable ranges");
    }

    [GuestTest]
    internal static void UnknownOnesFault()
    {
        if (!GuestMachine.HasKvmInterface)
        {
            Check.Skip("QEMU lets every MSR pass");
        }
        RegisterFile registers = new() { Rcx = 0x12345678 };
        Check.Equal(Interrupts.GeneralProtection, MachineCode.Run(s_rdmsr, ref registers), "RDMSR");
        Check.Equal(0, Interrupts.LastErrorCode, "error code");
        Check.Equal(Interrupts.GeneralProtection, MachineCode.Run(s_wrmsr, ref registers), "WRMSR");
    }

    [GuestTest]
    internal static void BadValuesFault()
    {
        if (!GuestMachine.HasKvmInterface)
        {
            Check.Skip("QEMU lets most values pass");
        }
        Refuses(Pat, 0x02);
        Refuses(Efer, 1ul << 40);
    }

    private static void RoundTrip(uint index, ulong value)
    {
        ulong before = Instructions.ReadMsr(index);
        Instructions.WriteMsr(index, value);
        ulong seen = Instructions.ReadMsr(index);
        Instructions.WriteMsr(index, before);
        if (seen != value)
        {
            Check.Fail($"MSR {index:x} is {seen:x}, written {value:x}");
        }
    }

    private static void Refuses(uint index, ulong value)
    {
        RegisterFile registers = new() { Rcx = index, Rax = (uint)value, Rdx = value >> 32 };
        int vector = MachineCode.Run(s_wrmsr, ref registers);
        if (vector != Interrupts.GeneralProtection)
        {
            Check.Fail($"MSR {index:x} took {value:x}");
        }
    }
}

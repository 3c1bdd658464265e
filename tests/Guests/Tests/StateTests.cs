// SPDX-License-Identifier: MIT
using System;
using System.Runtime;
using System.Runtime.CompilerServices;
using Hypervisor.Guests.Kit;
using Hypervisor.X64;

namespace Hypervisor.Guests.Tests;

/// <summary>Registers that no exit is about are after it what they were before.</summary>
internal static unsafe class StateTests
{
    private const ulong Osxsave = 1 << 18;
    private const int RegisterCount = 16;
    private const ulong Area = 0xf20000;

    [GuestTest]
    internal static void GeneralRegisters()
    {
        RegisterFile registers = new()
        {
            Rcx = 0,
            Rdx = 0x3ff,
            Rbp = 0x1111,
            Rsi = 0x2222,
            Rdi = LocalApic.Base + LocalApic.Version,
            R8 = 0x3333,
            R9 = 0x4444,
            R10 = 0x5555,
            R11 = 0x6666,
            R12 = 0x7777,
            R13 = 0x8888,
            R14 = 0x9999,
            R15 = 0xaaaa,
            Flags = 0x8d5,
        };
        // in al, dx; mov r8d, [rdi]; then CPUID, which changes four registers and no flag
        Check.Equal(MachineCode.NoException, MachineCode.Run([0xec, 0x8b, 0x1f, 0x0f, 0xa2], ref registers),
            "exception");
        Check.That(registers.Rbp == 0x1111 && registers.Rsi == 0x2222 && registers.R8 == 0x3333, "RBP, RSI, R8");
        Check.That(registers.R9 == 0x4444 && registers.R10 == 0x5555 && registers.R11 == 0x6666, "R9, R10, R11");
        Check.That(registers.R12 == 0x7777 && registers.R13 == 0x8888, "R12, R13");
        Check.That(registers.R14 == 0x9999 && registers.R15 == 0xaaaa, "R14, R15");
        Check.Equal(0x8d5, registers.Flags & 0x8d5, "flags");
    }

    [GuestTest]
    internal static void SseRegisters()
    {
        byte* pattern = Pattern(RegisterCount * 16);
        byte* result = pattern + 0x1000;
        KeepSse(pattern, result);
        Check.That(new ReadOnlySpan<byte>(pattern, 256).SequenceEqual(new ReadOnlySpan<byte>(result, 256)),
            "XMM0 to XMM15");
    }

    [GuestTest]
    internal static void AvxRegisters()
    {
        if ((Instructions.Cpuid(1).Ecx & (1 << 28)) == 0 || (Instructions.Cpuid(1).Ecx & (1 << 26)) == 0)
        {
            Check.Skip("no AVX");
        }
        ulong cr4 = Instructions.ReadCr4();
        Instructions.WriteCr4(cr4 | Osxsave);
        Instructions.Xsetbv(0, 7);
        byte* pattern = Pattern(RegisterCount * 32);
        byte* result = pattern + 0x1000;
        KeepAvx(pattern, result);
        ulong xcr0 = Instructions.Xgetbv(0);
        Instructions.WriteCr4(cr4);
        Check.Equal(7, xcr0, "XCR0");
        Check.That(new ReadOnlySpan<byte>(pattern, 512).SequenceEqual(new ReadOnlySpan<byte>(result, 512)),
            "YMM0 to YMM15");
    }

    [GuestTest]
    internal static void ControlWordsOfFloatingPoint()
    {
        uint* memory = (uint*)Area;
        memory[0] = 0x1f80 | 0x6000;
        memory[1] = 0x027f;
        RegisterFile registers = new() { Rsi = Area, Rdx = 0x3ff, Rdi = LocalApic.Base + LocalApic.Version };
        // ldmxcsr [rsi]; fldcw [rsi+4]; in al, dx; mov eax, [rdi]; xor eax, eax; cpuid; stmxcsr [rsi+8]; fnstcw
        // [rsi+12]
        Check.Equal(MachineCode.NoException, MachineCode.Run(
            [
                0x0f, 0xae, 0x16, 0xd9, 0x6e, 0x04, 0xec, 0x8b, 0x07, 0x31, 0xc0, 0x0f, 0xa2,
                0x0f, 0xae, 0x5e, 0x08, 0xd9, 0x7e, 0x0c,
            ],
            ref registers), "exception");
        uint mxcsr = memory[2];
        uint control = memory[3] & 0xffff;
        memory[0] = 0x1f80;
        memory[1] = 0x037f;
        _ = MachineCode.Run([0x0f, 0xae, 0x16, 0xd9, 0x6e, 0x04], ref registers);
        Check.Equal(0x7f80, mxcsr, "MXCSR");
        Check.Equal(0x027f, control, "x87 control word");
    }

    private static byte* Pattern(int length)
    {
        byte* pattern = (byte*)Area;
        for (int i = 0; i < length; i++)
        {
            pattern[i] = (byte)((i * 37) + 11);
            pattern[i + 0x1000] = 0;
        }
        return pattern;
    }

    /// <summary>Loads XMM0 to XMM15, exits in every way, stores them.</summary>
    [MethodImpl(MethodImplOptions.InternalCall)]
    [RuntimeImport("*", "GuestKeepSse")]
    private static extern void KeepSse(byte* pattern, byte* result);

    /// <summary>The same with YMM0 to YMM15.</summary>
    [MethodImpl(MethodImplOptions.InternalCall)]
    [RuntimeImport("*", "GuestKeepAvx")]
    private static extern void KeepAvx(byte* pattern, byte* result);
}

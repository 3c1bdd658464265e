// SPDX-License-Identifier: MIT
using System;
using Hypervisor.Guests.Kit;

namespace Hypervisor.Guests.Tests;

/// <summary>
/// Instructions on device memory give what they give on RAM. 32 bits: the initial count of the local APIC's timer keeps
/// every bit. Other widths: configuration space, whose fields may be accessed in any size.
/// </summary>
internal static unsafe class MmioTests
{
    private const ulong Device = LocalApic.Base + LocalApic.InitialCount;
    private const uint Before = 0x87654321;
    private const int InterruptLine = 0x3c;

    private static readonly MmioForm[] s_reads =
    [
        new("mov eax, [rdi]", [0x8b, 0x07]),
        new("mov r8d, [rdi]", [0x44, 0x8b, 0x07]),
        new("mov ebx, [rdi+rcx*4-4]", [0x8b, 0x5c, 0x8f, 0xfc]),
        new("mov ecx, [rdi+disp32]", [0x8b, 0x8f, 0x00, 0x00, 0x00, 0x00]),
        new("mov eax, [edi]", [0x67, 0x8b, 0x07]),
        new("movsxd rax, [rdi]", [0x48, 0x63, 0x07]),
        new("add eax, [rdi]", [0x03, 0x07]),
        new("adc eax, [rdi]", [0x13, 0x07]),
        new("sub eax, [rdi]", [0x2b, 0x07]),
        new("sbb eax, [rdi]", [0x1b, 0x07]),
        new("and eax, [rdi]", [0x23, 0x07]),
        new("or eax, [rdi]", [0x0b, 0x07]),
        new("xor eax, [rdi]", [0x33, 0x07]),
        new("cmp eax, [rdi]", [0x3b, 0x07]),
        new("cmp [rdi], eax", [0x39, 0x07]),
        new("cmp dword [rdi], imm8", [0x83, 0x3f, 0x85]),
        new("cmp dword [rdi], imm32", [0x81, 0x3f, 0x21, 0x43, 0x65, 0x87]),
        new("test [rdi], eax", [0x85, 0x07]),
        new("test dword [rdi], imm32", [0xf7, 0x07, 0x00, 0x00, 0x00, 0x80]),
        new("bt [rdi], r9d", [0x44, 0x0f, 0xa3, 0x0f], MmioForm.Carry),
        new("bt dword [rdi], imm8", [0x0f, 0xba, 0x27, 0x05], MmioForm.Carry),
    ];

    private static readonly MmioForm[] s_writes =
    [
        new("mov [rdi], eax", [0x89, 0x07]),
        new("mov [rdi], r8d", [0x44, 0x89, 0x07]),
        new("mov dword [rdi], imm32", [0xc7, 0x07, 0x78, 0x56, 0x34, 0x12]),
        new("mov [rdi+rcx*4-4], edx", [0x89, 0x54, 0x8f, 0xfc]),
        new("add [rdi], eax", [0x01, 0x07]),
        new("adc [rdi], eax", [0x11, 0x07]),
        new("sub [rdi], eax", [0x29, 0x07]),
        new("sbb [rdi], eax", [0x19, 0x07]),
        new("and [rdi], eax", [0x21, 0x07]),
        new("or [rdi], eax", [0x09, 0x07]),
        new("xor [rdi], eax", [0x31, 0x07]),
        new("add dword [rdi], imm8", [0x83, 0x07, 0xff]),
        new("or dword [rdi], imm32", [0x81, 0x0f, 0x01, 0x02, 0x04, 0x08]),
        new("and dword [rdi], imm8", [0x83, 0x27, 0xf0]),
        new("inc dword [rdi]", [0xff, 0x07]),
        new("dec dword [rdi]", [0xff, 0x0f]),
        new("not dword [rdi]", [0xf7, 0x17]),
        new("neg dword [rdi]", [0xf7, 0x1f]),
        new("xchg [rdi], eax", [0x87, 0x07]),
        new("lock xadd [rdi], edx", [0xf0, 0x0f, 0xc1, 0x17]),
        new("lock cmpxchg [rdi], edx (differs)", [0xf0, 0x0f, 0xb1, 0x17]),
        new("mov eax, imm32; cmpxchg [rdi], edx (equal)", [0xb8, 0x21, 0x43, 0x65, 0x87, 0x0f, 0xb1, 0x17]),
        new("lock or [rdi], edx", [0xf0, 0x09, 0x17]),
        new("bts dword [rdi], imm8", [0x0f, 0xba, 0x2f, 0x01], MmioForm.Carry),
        new("btr dword [rdi], imm8", [0x0f, 0xba, 0x37, 0x00], MmioForm.Carry),
        new("btc dword [rdi], imm8", [0x0f, 0xba, 0x3f, 0x1f], MmioForm.Carry),
        new("lock bts [rdi], r9d", [0xf0, 0x44, 0x0f, 0xab, 0x0f], MmioForm.Carry),
    ];

    private static readonly MmioForm[] s_strings =
    [
        new("stosd", [0xab]),
        new("rep stosd", [0xf3, 0xab]),
        new("movsd", [0xa5]),
        new("rep movsd", [0xf3, 0xa5]),
        new("std; movsd; cld", [0xfd, 0xa5, 0xfc]),
        new("xchg rsi, rdi; lodsd; xchg rsi, rdi", [0x48, 0x87, 0xf7, 0xad, 0x48, 0x87, 0xf7]),
        new("xchg rsi, rdi; movsd; xchg rsi, rdi", [0x48, 0x87, 0xf7, 0xa5, 0x48, 0x87, 0xf7]),
        new("scasd", [0xaf]),
    ];

    private static readonly MmioForm[] s_otherWidths =
    [
        new("mov al, [rdi]", [0x8a, 0x07]),
        new("mov ah, [rdi+1]", [0x8a, 0x67, 0x01]),
        new("mov sil, [rdi+2]", [0x40, 0x8a, 0x77, 0x02]),
        new("mov ax, [rdi]", [0x66, 0x8b, 0x07]),
        new("mov rax, [rdi]", [0x48, 0x8b, 0x07]),
        new("mov r8, [rdi+8]", [0x4c, 0x8b, 0x47, 0x08]),
        new("movzx eax, byte [rdi+3]", [0x0f, 0xb6, 0x47, 0x03]),
        new("movzx rax, word [rdi+2]", [0x48, 0x0f, 0xb7, 0x47, 0x02]),
        new("movsx eax, byte [rdi+1]", [0x0f, 0xbe, 0x47, 0x01]),
        new("movsx rax, word [rdi]", [0x48, 0x0f, 0xbf, 0x07]),
        new("cmp byte [rdi], imm8", [0x80, 0x3f, 0x86]),
        new("cmp ax, [rdi]", [0x66, 0x3b, 0x07]),
        new("cmp rax, [rdi]", [0x48, 0x3b, 0x07]),
        new("test byte [rdi+1], imm8", [0xf6, 0x47, 0x01, 0x80]),
        new("test [rdi], rax", [0x48, 0x85, 0x07]),
        new("add al, [rdi]", [0x02, 0x07]),
        new("xor dx, [rdi]", [0x66, 0x33, 0x17]),
        new("or rdx, [rdi]", [0x48, 0x0b, 0x17]),
        new("xchg rsi, rdi; lodsb; xchg rsi, rdi", [0x48, 0x87, 0xf7, 0xac, 0x48, 0x87, 0xf7]),
        new("xchg rsi, rdi; lodsq; xchg rsi, rdi", [0x48, 0x87, 0xf7, 0x48, 0xad, 0x48, 0x87, 0xf7]),
    ];

    private static readonly MmioForm[] s_narrowWrites =
    [
        new("mov [rdi], al", [0x88, 0x07]),
        new("mov [rdi], ah", [0x88, 0x27]),
        new("mov byte [rdi], imm8", [0xc6, 0x07, 0x5a]),
        new("add [rdi], al", [0x00, 0x07]),
        new("or byte [rdi], imm8", [0x80, 0x0f, 0x81]),
        new("inc byte [rdi]", [0xfe, 0x07]),
        new("not byte [rdi]", [0xf6, 0x17]),
        new("xchg [rdi], dl", [0x86, 0x17]),
        new("cmpxchg [rdi], dl", [0x0f, 0xb0, 0x17]),
        new("stosb", [0xaa]),
    ];

    [GuestTest]
    internal static void Reads32()
    {
        Prepare();
        foreach (MmioForm form in s_reads)
        {
            MmioComparison.Writes(form, Device, Before);
        }
    }

    [GuestTest]
    internal static void Writes32()
    {
        Prepare();
        foreach (MmioForm form in s_writes)
        {
            MmioComparison.Writes(form, Device, Before);
        }
    }

    [GuestTest]
    internal static void Strings32()
    {
        Prepare();
        foreach (MmioForm form in s_strings)
        {
            MmioComparison.Writes(form, Device, Before);
        }
    }

    [GuestTest]
    internal static void AbsoluteAddress()
    {
        Prepare();
        Mmio.Write(Device, 0x12345678);
        byte[] code = [0xa1, 0x80, 0x03, 0xe0, 0xfe, 0, 0, 0, 0];
        RegisterFile registers = default;
        Check.Equal(MachineCode.NoException, MachineCode.Run(code, ref registers), "exception");
        Check.Equal(0x12345678, registers.Rax, "mov eax, [moffs64]");
        LocalApic.Write(LocalApic.InitialCount, 0);
    }

    [GuestTest]
    internal static void ReadsOfOtherWidths()
    {
        ulong configuration = Configuration();
        foreach (MmioForm form in s_otherWidths)
        {
            MmioComparison.Reads(form, configuration);
        }
    }

    [GuestTest]
    internal static void NarrowWrites()
    {
        ulong line = Configuration() + InterruptLine;
        byte kept = *(byte*)line;
        *(byte*)line = (byte)~kept;
        bool keeps = *(byte*)line == (byte)~kept;
        *(byte*)line = kept;
        if (!keeps)
        {
            Check.Skip("the host bridge's interrupt line is fixed");
        }
        foreach (MmioForm form in s_narrowWrites)
        {
            MmioComparison.NarrowWrites(form, line, line, 0xf0);
        }
        *(byte*)line = kept;
    }

    [GuestTest]
    internal static void IoApicSelectsAndReads()
    {
        uint version = IoApic.Read(IoApic.VersionRegister);
        // mov byte [rdi], 1; mov eax, [rdi+0x10]
        RegisterFile registers = new() { Rdi = IoApic.Base };
        Check.Equal(MachineCode.NoException, MachineCode.Run([0xc6, 0x07, 0x01, 0x8b, 0x47, 0x10], ref registers),
            "exception");
        Check.Equal(version, registers.Rax, "version");
    }

    private static void Prepare()
    {
        LocalApic.Enable();
        LocalApic.Write(LocalApic.TimerEntry, LocalApic.Masked | 0x70);
    }

    private static ulong Configuration()
    {
        ReadOnlySpan<byte> mcfg = AcpiTables.Find("MCFG"u8);
        if (mcfg.Length == 0)
        {
            Check.Skip("no configuration space in memory");
        }
        return AcpiTables.ReadUInt32(mcfg, 44);
    }
}

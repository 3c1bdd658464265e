// SPDX-License-Identifier: MIT
using System;
using Hypervisor.Guests.Kit;
using Hypervisor.X64;

namespace Hypervisor.Guests.Tests;

/// <summary>Every form of IN, OUT, INS and OUTS, against registers that keep what is written.</summary>
internal static unsafe class PortTests
{
    private const ushort Scratch = 0x3ff;
    private const ushort PciAddress = 0xcf8;
    private const ushort PciData = 0xcfc;
    private const ushort Unassigned = 0x5678;
    private const ulong Buffer = 0xf01000;
    private const ulong DirectionFlag = 0x400;
    private const uint HostBridge = 0x80000000;

    [GuestTest]
    internal static void KeepsUpperHalves()
    {
        Instructions.Out8(Scratch, 0x5a);
        RegisterFile registers = new() { Rax = 0x1122334455667788, Rdx = Scratch };
        Run([0xec], ref registers);
        Check.Equal(0x112233445566775a, registers.Rax, "IN AL, DX");

        Instructions.Out32(PciAddress, HostBridge);
        uint identity = Instructions.In32(PciData);
        registers = new() { Rax = 0x1122334455667788, Rdx = PciData };
        Run([0x66, 0xed], ref registers);
        Check.Equal(0x1122334455660000ul | (identity & 0xffff), registers.Rax, "IN AX, DX");

        registers = new() { Rax = 0x1122334455667788, Rdx = PciData };
        Run([0xed], ref registers);
        Check.Equal(identity, registers.Rax, "IN EAX, DX");
    }

    [GuestTest]
    internal static void ImmediatePorts()
    {
        // The second PIC's mask register is port 0xa1: an immediate reaches it.
        RegisterFile registers = new() { Rax = 0xa5 };
        Run([0xe6, 0xa1], ref registers);
        registers = default;
        Run([0xe4, 0xa1], ref registers);
        Check.Equal(0xa5, registers.Rax, "mask through IN AL, imm8");
        Pic.SetMasks(0xffff);
    }

    [GuestTest]
    internal static void WordsAndDoublewords()
    {
        Instructions.Out32(PciAddress, HostBridge | 0x08);
        uint word = Instructions.In16(PciData + 2);
        uint whole = Instructions.In32(PciData);
        Check.Equal(whole >> 16, word, "upper word of a doubleword");
        Check.Equal((whole >> 8) & 0xff, Instructions.In8(PciData + 1), "second byte");
        Instructions.Out32(PciAddress, 0x80000110);
        Check.Equal(0x80000110, Instructions.In32(PciAddress), "address register");
    }

    [GuestTest]
    internal static void MissingDevicesReadAsOnes()
    {
        Check.Equal(0xff, Instructions.In8(Unassigned), "8 bits");
        Check.Equal(0xffff, Instructions.In16(Unassigned), "16 bits");
        Check.Equal(0xffffffff, Instructions.In32(Unassigned), "32 bits");
        Instructions.Out32(Unassigned, 0x12345678);
    }

    [GuestTest]
    internal static void StringOutput()
    {
        Span<byte> buffer = new((void*)Buffer, 16);
        "ABCDEFGH"u8.CopyTo(buffer);
        RegisterFile registers = new() { Rsi = Buffer, Rdx = Scratch, Rcx = 5 };
        Run([0xf3, 0x6e], ref registers);
        Check.Equal('E', Instructions.In8(Scratch), "last byte of REP OUTSB");
        Check.Equal(Buffer + 5, registers.Rsi, "RSI");
        Check.Equal(0, registers.Rcx, "RCX");

        registers = new() { Rsi = Buffer + 7, Rdx = Scratch, Flags = DirectionFlag };
        Run([0x6e], ref registers);
        Check.Equal('H', Instructions.In8(Scratch), "OUTSB backwards");
        Check.Equal(Buffer + 6, registers.Rsi, "RSI backwards");

        registers = new() { Rsi = Buffer, Rdx = Scratch, Rcx = 0 };
        Run([0xf3, 0x6e], ref registers);
        Check.Equal('H', Instructions.In8(Scratch), "no byte of an empty REP");
    }

    [GuestTest]
    internal static void StringInput()
    {
        Instructions.Out32(PciAddress, HostBridge);
        uint identity = Instructions.In32(PciData);
        uint* buffer = (uint*)Buffer;
        for (int i = 0; i < 8; i++)
        {
            buffer[i] = 0;
        }
        RegisterFile registers = new() { Rdi = Buffer, Rdx = PciData, Rcx = 3 };
        Run([0xf3, 0x6d], ref registers);
        Check.That(buffer[0] == identity && buffer[2] == identity && buffer[3] == 0, "REP INSD");
        Check.Equal(Buffer + 12, registers.Rdi, "RDI");

        registers = new() { Rdi = Buffer + 16, Rdx = PciData };
        Run([0x66, 0x6d], ref registers);
        Check.Equal(identity & 0xffff, buffer[4], "INSW");

        Instructions.Out8(Scratch, 0x77);
        registers = new() { Rdi = Buffer + 27, Rdx = Scratch, Rcx = 2, Flags = DirectionFlag };
        Run([0xf3, 0x6c], ref registers);
        Check.Equal(0x77770000, buffer[6], "REP INSB backwards");
        Check.Equal(Buffer + 25, registers.Rdi, "RDI backwards");
    }

    [GuestTest]
    internal static void StringFaultsInTheMiddle()
    {
        // The second page of the stretch is not mapped: the first part is done, the registers say how far.
        Instructions.Out8(Scratch, 0x33);
        GuestPaging.MapWindow(Buffer, GuestPaging.Writable);
        RegisterFile registers = new() { Rdi = GuestPaging.Window + 0xffe, Rdx = Scratch, Rcx = 5 };
        int vector = MachineCode.Run([0xf3, 0x6c], ref registers);
        Check.Equal(Interrupts.PageFault, vector, "vector");
        Check.Equal(GuestPaging.Window + 0x1000, Interrupts.LastCr2, "CR2");
        Check.Equal(0x3333, ((ushort*)(Buffer + 0xffe))[0], "the bytes before");
        GuestPaging.Unmap();
    }

    private static void Run(ReadOnlySpan<byte> code, ref RegisterFile registers)
    {
        int vector = MachineCode.Run(code, ref registers);
        Check.Equal(MachineCode.NoException, vector, "exception");
    }
}

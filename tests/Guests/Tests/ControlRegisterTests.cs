// SPDX-License-Identifier: MIT
using System;
using Hypervisor.Guests.Kit;
using Hypervisor.X64;

namespace Hypervisor.Guests.Tests;

/// <summary>Moves to and from the control registers, and their older relatives.</summary>
internal static class ControlRegisterTests
{
    private const ulong TaskSwitched = 8;
    private const ulong PageGlobal = 0x80;

    [GuestTest]
    internal static void TaskSwitchedComesAndGoes()
    {
        // mov rax, cr0; or al, TS; mov cr0, rax; mov rbx, cr0; clts; mov rcx, cr0 with RBX kept in R8
        RegisterFile registers = default;
        Check.Equal(MachineCode.NoException, MachineCode.Run(
            [0x0f, 0x20, 0xc0, 0x0c, 0x08, 0x0f, 0x22, 0xc0, 0x41, 0x0f, 0x20, 0xc0, 0x0f, 0x06, 0x0f, 0x20, 0xc1],
            ref registers), "exception");
        Check.Equal(TaskSwitched, registers.R8 & TaskSwitched, "TS after it was set");
        Check.Equal(0, registers.Rcx & TaskSwitched, "TS after CLTS");
    }

    [GuestTest]
    internal static void MachineStatusWord()
    {
        // smsw ax; mov ecx, eax; or eax, TS; lmsw ax; smsw edx; clts
        RegisterFile registers = default;
        Check.Equal(MachineCode.NoException, MachineCode.Run(
            [0x66, 0x0f, 0x01, 0xe0, 0x89, 0xc1, 0x83, 0xc8, 0x08, 0x0f, 0x01, 0xf0, 0x0f, 0x01, 0xe2, 0x0f, 0x06],
            ref registers), "exception");
        Check.Equal(Instructions.ReadCr0() & 0xffff & ~TaskSwitched, registers.Rcx & 0xffff & ~TaskSwitched, "SMSW");
        Check.Equal(TaskSwitched, registers.Rdx & TaskSwitched, "TS after LMSW");
    }

    [GuestTest]
    internal static void Cr4KeepsBits()
    {
        ulong before = Instructions.ReadCr4();
        Instructions.WriteCr4(before ^ PageGlobal);
        ulong changed = Instructions.ReadCr4();
        Instructions.WriteCr4(before);
        Check.Equal(before ^ PageGlobal, changed, "CR4");
    }

    [GuestTest]
    internal static void Cr2AndCr3KeepValues()
    {
        Instructions.WriteCr2(0x123456789abc);
        _ = Instructions.Cpuid(0);
        Check.Equal(0x123456789abc, Instructions.ReadCr2(), "CR2 after an exit");
        ulong root = Instructions.ReadCr3();
        Instructions.WriteCr3(root);
        Check.Equal(root, Instructions.ReadCr3(), "CR3");
    }

    [GuestTest]
    internal static void WbinvdPasses() =>
        Check.Equal(MachineCode.NoException, MachineCode.Run([0x0f, 0x09]), "exception");
}

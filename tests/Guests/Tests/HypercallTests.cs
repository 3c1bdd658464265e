// SPDX-License-Identifier: MIT
using System;
using Hypervisor.Guests.Kit;
using Hypervisor.X64;

namespace Hypervisor.Guests.Tests;

/// <summary>Hypercalls in KVM's signature: number in RAX, result in RAX, nothing else changes.</summary>
internal static class HypercallTests
{
    private const ulong Unknown = 12345;
    private const uint IntelSignature = 0x756e_6547;
    private const ulong NoSuchCall = unchecked((ulong)-1000L);

    [GuestTest]
    internal static void UnknownOnesAreRefused()
    {
        if (!GuestMachine.HasKvmInterface)
        {
            Check.Skip("no hypervisor of ours");
        }
        RegisterFile registers = new() { Rax = Unknown, Rbx = 1, Rcx = 2, Rdx = 3, Rsi = 4 };
        bool isIntel = Instructions.Cpuid(0).Ebx == IntelSignature;
        ReadOnlySpan<byte> call = isIntel ? [0x0f, 0x01, 0xc1] : [0x0f, 0x01, 0xd9];
        Check.Equal(MachineCode.NoException, MachineCode.Run(call, ref registers), "VMCALL or VMMCALL");
        Check.Equal(NoSuchCall, registers.Rax, "result");
        Check.That(registers.Rbx == 1 && registers.Rcx == 2 && registers.Rdx == 3 && registers.Rsi == 4, "arguments");
    }
}

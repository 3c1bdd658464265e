// SPDX-License-Identifier: MIT
using System.Runtime.CompilerServices;
using Hypervisor.Virtualization.Emulation;

namespace Hypervisor.Virtualization.Exits;

/// <summary>IN and OUT; the string forms have an operand in memory and go through the decoder.</summary>
internal static class PortExit
{
    public static ExitAction Handle(VirtualCpu cpu, in PortAccess access)
    {
        if (access.IsString)
        {
            return StringPorts.Execute(cpu, in access);
        }

        return access.IsInput ? Input(cpu, in access) : Output(cpu, in access);
    }

    private static ExitAction Output(VirtualCpu cpu, in PortAccess access)
    {
        cpu.Ports.WritePort(cpu, access.Port, access.Size, Truncate(cpu.Registers.Rax, access.Size));
        return ExitAction.NextInstruction;
    }

    private static ExitAction Input(VirtualCpu cpu, in PortAccess access)
    {
        uint value = cpu.Ports.ReadPort(cpu, access.Port, access.Size);
        ref ulong rax = ref cpu.Registers.Rax;
        if (access.Size == 1)
        {
            rax = (rax & ~0xFFUL) | (byte)value;
            return ExitAction.NextInstruction;
        }

        rax = access.Size == 2 ? (rax & ~0xFFFFUL) | (ushort)value : value;
        return ExitAction.NextInstruction;
    }

    /// <summary>The low 1, 2 or 4 bytes.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static uint Truncate(ulong value, int size) => (uint)(value & ((1UL << (8 * size)) - 1));
}

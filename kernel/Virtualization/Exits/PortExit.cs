// SPDX-License-Identifier: MIT
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

        ref GuestRegisters registers = ref cpu.Registers;
        if (!access.IsInput)
        {
            cpu.Ports.WritePort(cpu, access.Port, access.Size, Truncate(registers.Rax, access.Size));
            return ExitAction.NextInstruction;
        }

        uint value = cpu.Ports.ReadPort(cpu, access.Port, access.Size);
        registers.Rax = access.Size switch
        {
            1 => (registers.Rax & ~0xFFUL) | (byte)value,
            2 => (registers.Rax & ~0xFFFFUL) | (ushort)value,
            _ => value,
        };
        return ExitAction.NextInstruction;
    }

    private static uint Truncate(ulong value, byte size) => size switch
    {
        1 => (byte)value,
        2 => (ushort)value,
        _ => (uint)value,
    };
}

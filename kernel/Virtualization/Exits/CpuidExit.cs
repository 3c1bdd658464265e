// SPDX-License-Identifier: MIT
namespace Hypervisor.Virtualization.Exits;

/// <summary>CPUID: answered from the VM's table.</summary>
internal static class CpuidExit
{
    public static ExitAction Handle(VirtualCpu cpu)
    {
        cpu.Cpuid.Execute(cpu);
        return ExitAction.NextInstruction;
    }
}

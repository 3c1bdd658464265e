// SPDX-License-Identifier: MIT
namespace Hypervisor.Virtualization.Exits;

/// <summary>A triple fault: the board decides, which on a PC is a reset.</summary>
internal static class ShutdownExit
{
    public static ExitAction Handle(VirtualCpu cpu)
    {
        cpu.Activity = CpuActivity.Shutdown;
        cpu.Ports.TripleFault(cpu);
        return ExitAction.Resume;
    }
}

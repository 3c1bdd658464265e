// SPDX-License-Identifier: MIT
using Hypervisor.Virtualization.Emulation;

namespace Hypervisor.Virtualization.Exits;

/// <summary>
/// An access that the nested tables refused. RAM is mapped when the VM is built, so what is left is device memory (or
/// nothing at all, which the bus answers): the instruction is emulated.
/// </summary>
internal static class MemoryExit
{
    public static ExitAction Handle(VirtualCpu cpu, in MemoryAccess access)
    {
        if (access.IsFetch)
        {
            return cpu.StopWith("the guest executes where there is no memory", detail: access.Address.Value);
        }

        if (access.IsPageWalk)
        {
            return cpu.StopWith("the guest's page tables lie where there is no memory", detail: access.Address.Value);
        }

        if (cpu.Interrupted.Kind != EventKind.None)
        {
            return cpu.StopWith("an interrupt's frame or descriptors lie where there is no memory",
                detail: access.Address.Value);
        }

        return Emulator.Execute(cpu, access.Address);
    }
}

// SPDX-License-Identifier: MIT
namespace Hypervisor.Virtualization.Exits;

/// <summary>
/// Exceptions that leave the guest so that it cannot keep the processor to itself by an endless chain of them (#DB,
/// #AC): they are given back. A machine check stops the VM.
/// </summary>
internal static class ExceptionExit
{
    public static ExitAction Handle(VirtualCpu cpu, in VirtualEvent exception)
    {
        return exception.Vector == ExceptionVector.MachineCheck
            ? cpu.StopWith("the processor reported a machine check while the guest ran")
            : cpu.Raise(exception.Vector, exception.ErrorCode);
    }
}

// SPDX-License-Identifier: MIT
namespace Hypervisor.Virtualization.Exits;

/// <summary>
/// The guest waits in a loop of PAUSE, for another vCPU as a rule: that one can run here meanwhile. Where each single
/// PAUSE leaves the guest, only so many in a row count as a loop.
/// </summary>
internal static class PauseExit
{
    public static ExitAction Handle(VirtualCpu cpu)
    {
        if (cpu.Task is { } task && cpu.IsPauseLoop())
        {
            task.HasYielded = true;
            cpu.RealProcessor.NeedsReschedule = true;
        }

        return ExitAction.NextInstruction;
    }
}

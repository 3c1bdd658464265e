// SPDX-License-Identifier: MIT
using Hypervisor.Virtualization.Emulation;

namespace Hypervisor.Virtualization;

/// <summary>Does what a handler asked for, where it is more than going on.</summary>
internal static class ExitCompletion
{
    /// <summary>False where the VM has stopped.</summary>
    public static bool TryComplete(VirtualCpu cpu, ExitAction action)
    {
        switch (action)
        {
            case ExitAction.NextInstruction:
                return TryAdvance(cpu);
            case ExitAction.Wait:
                if (!TryAdvance(cpu))
                {
                    return false;
                }

                // The step trap of the HLT itself, or a fault of fetching it, does not wait.
                if (!cpu.IsInjecting)
                {
                    cpu.Activity = CpuActivity.Halted;
                }

                return true;
            case ExitAction.Inject:
                return EventDelivery.TryRaise(cpu);
            default:
                cpu.Activity = CpuActivity.Shutdown;
                return false;
        }
    }

    private static bool TryAdvance(VirtualCpu cpu)
    {
        ulong next = cpu.Exit.NextRip;
        next = next != 0 ? next : InstructionLengths.Recall(cpu);
        if (next != 0)
        {
            cpu.AdvanceTo(next);
            return true;
        }

        ExitAction outcome = InstructionLengths.Resolve(cpu, out next);
        if (outcome == ExitAction.NextInstruction)
        {
            cpu.AdvanceTo(next);
            return true;
        }

        return outcome == ExitAction.Resume || TryComplete(cpu, outcome);
    }
}

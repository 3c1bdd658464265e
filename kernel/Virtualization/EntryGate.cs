// SPDX-License-Identifier: MIT
using Hypervisor.Platform;

namespace Hypervisor.Virtualization;

/// <summary>
/// What stands between a vCPU and its guest: the requests, its activity, the events that wait for delivery.
/// </summary>
internal static class EntryGate
{
    private const CpuRequests InterruptRequests = CpuRequests.Interrupt | CpuRequests.Posted;
    private const CpuRequests StartRequests = CpuRequests.Init | CpuRequests.Sipi | CpuRequests.Nmi;
    private const CpuRequests CallersRequests = CpuRequests.TimerDue | CpuRequests.MachineWork;

    /// <summary>True where the guest may be entered; otherwise <paramref name="outcome"/> is the slice's.</summary>
    public static bool TryPass(VirtualCpu cpu, out SliceOutcome outcome)
    {
        FaultInjector.Pass(FaultSite.EntryGate);
        CpuRequests requests = cpu.Requests;
        outcome = SliceOutcome.Preempted;
        if ((requests & CpuRequests.Die) != 0)
        {
            outcome = SliceOutcome.Finished;
            return false;
        }

        if ((requests & CallersRequests) != 0)
        {
            return false;
        }

        if ((requests & CpuRequests.Pause) != 0)
        {
            outcome = SliceOutcome.Wait;
            return false;
        }

        if (requests != 0)
        {
            TakeArchitectural(cpu, requests);
        }

        EventDelivery.Prepare(cpu);
        if (cpu.Activity == CpuActivity.Active)
        {
            return true;
        }

        outcome = SliceOutcome.Wait;
        return false;
    }

    private static void TakeArchitectural(VirtualCpu cpu, CpuRequests requests)
    {
        if ((requests & CpuRequests.FlushTlb) != 0)
        {
            _ = cpu.TakeRequest(CpuRequests.FlushTlb);
            cpu.FlushTlb();
        }

        if ((requests & StartRequests) != 0)
        {
            TakeStart(cpu, cpu.TakeRequests(StartRequests));
        }

        // Taken before the controller is looked at: a change after that asks again.
        if ((requests & InterruptRequests) != 0)
        {
            _ = cpu.TakeRequest(InterruptRequests);
        }
    }

    /// <summary>
    /// INIT first: what stands beside it came later (<see cref="VirtualCpu.RequestInit"/>). Taken in one step, because
    /// another INIT between two would make the rest its own.
    /// </summary>
    private static void TakeStart(VirtualCpu cpu, CpuRequests taken)
    {
        if ((taken & CpuRequests.Init) != 0)
        {
            Initialize(cpu);
        }

        if ((taken & CpuRequests.Sipi) != 0 && cpu.Activity == CpuActivity.WaitForSipi)
        {
            cpu.StartAt(cpu.StartupVector);
        }

        if ((taken & CpuRequests.Nmi) != 0)
        {
            cpu.NmiPending = true;
        }
    }

    /// <summary>INIT: the boot processor's is the board's reset, any other waits for a start-up IPI.</summary>
    private static void Initialize(VirtualCpu cpu)
    {
        if (cpu.Index == 0)
        {
            cpu.Ports.TripleFault(cpu);
            return;
        }

        cpu.Reset();
        cpu.Interrupts.Initialize();
        cpu.Activity = CpuActivity.WaitForSipi;
    }
}

// SPDX-License-Identifier: MIT
using Hypervisor.Platform;

namespace Hypervisor.Machine;

/// <summary>One fault of a <see cref="FaultTrialTask"/>: where, what, and whether with a lock held.</summary>
internal readonly struct FaultTrial
{
    /// <summary>How many there are, those that make no sense included.</summary>
    public const int Count = (int)FaultSite.Count * (int)InjectedFault.Count * 2;

    public FaultTrial(int number)
    {
        WithLock = (number & 1) != 0;
        Fault = (InjectedFault)(number / 2 % (int)InjectedFault.Count);
        Site = (FaultSite)(number / 2 / (int)InjectedFault.Count);
    }

    public FaultSite Site { get; }

    public InjectedFault Fault { get; }

    public bool WithLock { get; }

    /// <summary>True where the fault is expected to end the VM; elsewhere only the handler or the task.</summary>
    public bool EndsMachine => Site is not (FaultSite.Interrupt or FaultSite.HostTask);

    /// <summary>
    /// A VM's lock is taken only by what serves the VM; a host task that does not come back is preempted like
    /// any other, so it is never stuck.
    /// </summary>
    public bool IsPossible =>
        EndsMachine || (!WithLock && (Site != FaultSite.HostTask || Fault != InjectedFault.Stuck));
}

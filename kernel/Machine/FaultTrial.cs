// SPDX-License-Identifier: MIT
using Hypervisor.Platform;

namespace Hypervisor.Machine;

/// <summary>One fault of a <see cref="FaultTrialTask"/>: where, what, and whether with a lock held.</summary>
internal readonly struct FaultTrial
{
    public const int Sites = (int)FaultSite.Count;
    public const int Faults = (int)InjectedFault.Count;

    /// <summary>
    /// How often a site is passed before it faults, at the most: a handler faults at another place each time.
    /// </summary>
    private const int PassesVaried = 3;

    /// <summary>
    /// Trial <paramref name="number"/> of an endless row in which each site comes once before one comes again, with
    /// every second fault while a lock is held; after twenty turns it has had every kind in both ways.
    /// </summary>
    public FaultTrial(int number)
    {
        int turn = number / Sites;
        Site = (FaultSite)(number % Sites);
        Fault = (InjectedFault)(Faults - 1 - ((turn + (turn / Faults)) % Faults));
        Held = turn % 2 == 0 ? HeldLock.VmOwned : HeldLock.None;
        Pass = 1 + (turn % PassesVaried);
    }

    public FaultSite Site { get; }

    public InjectedFault Fault { get; }

    public HeldLock Held { get; }

    /// <summary>The site's pass that faults.</summary>
    public int Pass { get; }

    /// <summary>The fault ends the VM; elsewhere only the interrupt handler or the host task.</summary>
    public bool EndsMachine => Site < FaultSite.TimerInterrupt;

    /// <summary>
    /// True for what has a run of its own: the look at counters, which somebody has to type for, and the reset of a
    /// driver, which another fault comes before.
    /// </summary>
    public static bool IsApart(FaultSite site) => site is FaultSite.ConsoleCounters or FaultSite.SerialReset;

    /// <summary>A VM's lock is taken only by what serves the VM, and not in interrupts.</summary>
    private bool TakesVmLock => EndsMachine && Site != FaultSite.CpuAlarm;

    public bool IsPossible => !IsApart(Site) && (TakesVmLock || Held == HeldLock.None);
}

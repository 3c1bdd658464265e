// SPDX-License-Identifier: MIT
using Hypervisor.Platform;

namespace Hypervisor.Machine;

/// <summary>What belongs to no VM and is made to fault by a <see cref="FaultTrialTask"/>.</summary>
public sealed class FaultTrialSubjects
{
    public required InterruptHandler Timer { get; init; }

    public required InterruptHandler Serial { get; init; }

    public required HostTask Zeroing { get; init; }

    public required HostTask Console { get; init; }

    /// <summary>The interrupt handler at a site; null where something else is there.</summary>
    internal InterruptHandler? HandlerAt(FaultSite site) => site switch
    {
        FaultSite.TimerInterrupt => Timer,
        FaultSite.SerialInterrupt => Serial,
        _ => null,
    };

    /// <summary>The host task at a site; null where something else is there.</summary>
    internal HostTask? TaskAt(FaultSite site) => site switch
    {
        FaultSite.Zeroing => Zeroing,
        FaultSite.Console => Console,
        _ => null,
    };
}

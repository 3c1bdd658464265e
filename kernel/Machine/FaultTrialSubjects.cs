// SPDX-License-Identifier: MIT
using Hypervisor.Platform;
using Hypervisor.Runtime;

namespace Hypervisor.Machine;

/// <summary>What belongs to no VM and is made to fault by a <see cref="FaultTrialTask"/>.</summary>
public sealed class FaultTrialSubjects
{
    public required InterruptHandler Timer { get; init; }

    public required InterruptHandler Serial { get; init; }

    /// <summary>The console's port, for what happens inside its driver.</summary>
    public required CharacterDevice Port { get; init; }

    public required HostTask Zeroing { get; init; }

    public required HostTask Console { get; init; }

    /// <summary>How many faults have ended what runs at a site; 0 for what serves a VM.</summary>
    internal ulong FaultsAt(FaultSite site) => site switch
    {
        FaultSite.TimerInterrupt => Timer.Faults,
        FaultSite.SerialInterrupt => Serial.Faults,
        FaultSite.SerialWrite or FaultSite.SerialServe => Port.Faults,
        FaultSite.Zeroing => (ulong)Zeroing.Faults,
        FaultSite.Console => (ulong)Console.Faults,
        _ => 0,
    };

    /// <summary>The kind of the last of them.</summary>
    internal FaultKind LastAt(FaultSite site) => site switch
    {
        FaultSite.TimerInterrupt => Timer.LastFault,
        FaultSite.SerialInterrupt => Serial.LastFault,
        FaultSite.SerialWrite or FaultSite.SerialServe => Port.LastFault,
        FaultSite.Zeroing => Zeroing.LastFault,
        FaultSite.Console => Console.LastFault,
        _ => FaultKind.None,
    };
}

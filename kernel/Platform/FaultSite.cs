// SPDX-License-Identifier: MIT
namespace Hypervisor.Platform;

/// <summary>
/// Where a checked build can be told to fault: every kind of handler has one. Exits are numbered by their kind.
/// </summary>
public enum FaultSite
{
    /// <summary>The first of the exits; a kind of exit is added to it.</summary>
    FirstExit = 0,
    Port = 32,
    DeviceMemory = 33,
    Timer = 34,
    MachineWork = 35,
    Interrupt = 36,
    HostTask = 37,

    /// <summary>One more than the last.</summary>
    Count = 38,
}

// SPDX-License-Identifier: MIT
namespace Hypervisor.Platform;

/// <summary>
/// Where a checked build can be told to fault: every kind of handler has one. Exits are numbered by their kind.
/// </summary>
public enum FaultSite
{
    /// <summary>Where nothing is ever made to fault.</summary>
    Nowhere = -1,

    /// <summary>The first of the exits; a kind of exit is added to it.</summary>
    FirstExit = 0,

    /// <summary>An access to a port on its way to the device, or to none.</summary>
    Port = 32,

    /// <summary>The same for device memory on the bus.</summary>
    DeviceMemory,

    /// <summary>A due timer of a VM's device.</summary>
    Timer,

    /// <summary>What came for a VM's devices from outside.</summary>
    MachineWork,

    /// <summary>What stands between an exit and the next entry: requests and events.</summary>
    EntryGate,

    /// <summary>The building of a VM, at three places.</summary>
    MachineBuild,

    /// <summary>The timer's interrupt, while it posts to a vCPU whose timer is due.</summary>
    CpuAlarm,

    /// <summary>The interrupt of the processor's timer.</summary>
    TimerInterrupt,

    /// <summary>The interrupt of the console's serial port.</summary>
    SerialInterrupt,

    /// <summary>The serial port's driver takes a byte to send.</summary>
    SerialWrite,

    /// <summary>The serial port's driver serves its device.</summary>
    SerialServe,

    /// <summary>The serial port's driver sets its device up anew after a fault.</summary>
    SerialReset,

    /// <summary>The host task that zeroes memory.</summary>
    Zeroing,

    /// <summary>The host task that serves the console.</summary>
    Console,

    /// <summary>The console's look at a running VM's counters.</summary>
    ConsoleCounters,

    /// <summary>One more than the last.</summary>
    Count,
}

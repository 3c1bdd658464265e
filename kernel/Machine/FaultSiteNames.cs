// SPDX-License-Identifier: MIT
using Hypervisor.Platform;
using Hypervisor.Virtualization;

namespace Hypervisor.Machine;

/// <summary>What the sites of injected faults are called in the report.</summary>
internal static class FaultSiteNames
{
    public static string Of(FaultSite site) => site switch
    {
        FaultSite.Port => "port bus",
        FaultSite.DeviceMemory => "device memory bus",
        FaultSite.Timer => "timer of a device",
        FaultSite.MachineWork => "work from outside",
        FaultSite.EntryGate => "entry gate",
        FaultSite.MachineBuild => "building",
        FaultSite.CpuAlarm => "alarm of a vCPU",
        FaultSite.TimerInterrupt => "timer interrupt",
        FaultSite.SerialInterrupt => "serial interrupt",
        FaultSite.SerialWrite => "serial driver sending",
        FaultSite.SerialServe => "serial driver serving",
        FaultSite.SerialReset => "serial driver resetting",
        FaultSite.Zeroing => "zeroing task",
        FaultSite.Console => "console task",
        FaultSite.ConsoleCounters => "console counters",
        _ => ExitNames.Of((ExitKind)(site - FaultSite.FirstExit)),
    };

    /// <summary>True for a number that stands for a site: some between the exits and the others are free.</summary>
    public static bool IsSite(FaultSite site) =>
        site - FaultSite.FirstExit < (int)ExitKind.Count || (site >= FaultSite.Port && site < FaultSite.Count);
}

// SPDX-License-Identifier: MIT
namespace Hypervisor.Devices.Chipset;

/// <summary>The local APIC timer's registers beside those in the page.</summary>
public struct ApicTimerState
{
    public ApicTimerMode Mode;

    /// <summary>
    /// The initial-count register, and the divisor of the divide-configuration register: 1, 2, 4 .. 128.
    /// </summary>
    public uint InitialCount;
    public uint Divisor;

    /// <summary>True while it counts; then the VM's nanoseconds at which the count reaches zero.</summary>
    public bool IsRunning;
    public ulong Expires;

    /// <summary>IA32_TSC_DEADLINE; 0 where it is not armed.</summary>
    public ulong TscDeadline;

    /// <summary>Periods whose interrupt was merged with a later one, because the vCPU did not run in time.</summary>
    public ulong PeriodsMerged;
}

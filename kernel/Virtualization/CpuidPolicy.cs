// SPDX-License-Identifier: MIT
namespace Hypervisor.Virtualization;

/// <summary>What the builder of a VM decides about its CPUID; everything else follows from the machine.</summary>
public sealed class CpuidPolicy
{
    /// <summary>vCPUs of the VM, 1 and up.</summary>
    public int CpuCount { get; init; } = 1;

    /// <summary>The guest's TSC rate in Hz; 0 where it is not known.</summary>
    public ulong TimestampFrequency { get; init; }

    /// <summary>The rate of the local APIC's timer before its divider, in Hz.</summary>
    public ulong ApicFrequency { get; init; } = 1_000_000_000;

    /// <summary>
    /// The TSCs of all processors agree and never stop: the paravirtual clock says that it is stable, and
    /// CPUID that the TSC is invariant.
    /// </summary>
    public bool HasStableTimestamp { get; init; } = true;

    /// <summary>The local APIC has x2APIC mode.</summary>
    public bool HasX2Apic { get; init; } = true;

    /// <summary>The local APIC's timer has TSC-deadline mode.</summary>
    public bool HasTimestampDeadline { get; init; } = true;

    /// <summary>The machine implements the paravirtual clock's MSRs 4B56_4D00h and 4B56_4D01h.</summary>
    public bool HasParavirtualClock { get; init; } = true;
}

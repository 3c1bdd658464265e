// SPDX-License-Identifier: MIT
using Hypervisor.Memory;

namespace Hypervisor.Virtualization.Vmx;

/// <summary>
/// The pages that a vCPU is made of: its VMCS, its posted-interrupt descriptor, and the MSR bitmaps that it shares.
/// </summary>
internal readonly struct VmxControl
{
    public readonly HostPhysical Vmcs;
    public readonly HostPhysical Posted;
    public readonly HostPhysical Msrs;

    /// <summary>For x2APIC mode that the processor serves.</summary>
    public readonly HostPhysical ApicMsrs;

    public VmxControl(HostPhysical vmcs, HostPhysical posted, HostPhysical msrs, HostPhysical apicMsrs)
    {
        Vmcs = vmcs;
        Posted = posted;
        Msrs = msrs;
        ApicMsrs = apicMsrs;
    }
}

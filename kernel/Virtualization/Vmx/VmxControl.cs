// SPDX-License-Identifier: MIT
using Hypervisor.Memory;

namespace Hypervisor.Virtualization.Vmx;

/// <summary>
/// The pages that a vCPU is made of: its VMCS, its virtual-APIC page, and the MSR bitmap that it shares.
/// </summary>
internal readonly struct VmxControl
{
    public readonly HostPhysical Vmcs;
    public readonly HostPhysical VirtualApic;
    public readonly HostPhysical Msrs;

    public VmxControl(HostPhysical vmcs, HostPhysical virtualApic, HostPhysical msrs)
    {
        Vmcs = vmcs;
        VirtualApic = virtualApic;
        Msrs = msrs;
    }
}

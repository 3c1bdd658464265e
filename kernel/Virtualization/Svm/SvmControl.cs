// SPDX-License-Identifier: MIT
using Hypervisor.Memory;

namespace Hypervisor.Virtualization.Svm;

/// <summary>The pages that a vCPU is made of: its VMCB and the permission maps that it shares.</summary>
internal readonly struct SvmControl
{
    public readonly HostPhysical Vmcb;
    public readonly HostPhysical Ports;
    public readonly HostPhysical Msrs;

    public SvmControl(HostPhysical vmcb, HostPhysical ports, HostPhysical msrs)
    {
        Vmcb = vmcb;
        Ports = ports;
        Msrs = msrs;
    }
}

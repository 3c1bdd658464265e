// SPDX-License-Identifier: MIT
namespace Hypervisor.Devices.Paravirtual;

/// <summary>One vCPU's paravirtual MSRs.</summary>
public struct KvmCpuState
{
    /// <summary>MSR_KVM_SYSTEM_TIME_NEW: an address, and bit 0 set while it is enabled.</summary>
    public ulong SystemTime;
}

// SPDX-License-Identifier: MIT
using System;

namespace Hypervisor.Devices.Paravirtual;

/// <summary>
/// CPUID leaf 0x40000001, EAX (Linux, Documentation/virt/kvm/x86/cpuid.rst): what of KVM's interface there is.
/// </summary>
[Flags]
public enum KvmFeatures : uint
{
    None = 0,

    /// <summary>The clock's MSRs 0x11 and 0x12.</summary>
    ClockSource = 1u << 0,

    /// <summary>Port 0x80 needs no delays.</summary>
    NoIoDelay = 1u << 1,

    /// <summary>The clock's MSRs 0x4b564d00 and 0x4b564d01.</summary>
    ClockSource2 = 1u << 3,
    StealTime = 1u << 5,
    SendIpi = 1u << 11,

    /// <summary>The clock agrees between processors, so that the guest need not compare.</summary>
    ClockSourceStable = 1u << 24,
}

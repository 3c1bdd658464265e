// SPDX-License-Identifier: MIT
using System.Runtime.InteropServices;
using Hypervisor.Runtime;

namespace Hypervisor.Devices.Paravirtual;

/// <summary>
/// The page of KVM's clock (Linux, Documentation/virt/kvm/x86/msr.rst, struct pvclock_vcpu_time_info): the guest adds
/// the TSC's progress since <see cref="TscTimestamp"/>, scaled, to <see cref="SystemTime"/>.
/// </summary>
[StructLayout(LayoutKind.Sequential)]
[ExpectedSize(32)]
internal struct PvClockTimeInfo
{
    /// <summary>Odd while the structure is being written.</summary>
    public uint Version;
    public uint Padding;
    public ulong TscTimestamp;

    /// <summary>Nanoseconds.</summary>
    public ulong SystemTime;

    /// <summary>Nanoseconds = (ticks shifted left by <see cref="TscShift"/>) * multiplier / 2^32.</summary>
    public uint TscToSystemMultiplier;
    public sbyte TscShift;
    public byte Flags;
    public ushort Padding2;
}

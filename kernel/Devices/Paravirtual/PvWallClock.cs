// SPDX-License-Identifier: MIT
using System.Runtime.InteropServices;
using Hypervisor.Runtime;

namespace Hypervisor.Devices.Paravirtual;

/// <summary>The wall-clock time at the moment 0 of KVM's clock (struct pvclock_wall_clock).</summary>
[StructLayout(LayoutKind.Sequential)]
[ExpectedSize(12)]
internal struct PvWallClock
{
    /// <summary>Odd while the structure is being written.</summary>
    public uint Version;
    public uint Seconds;
    public uint Nanoseconds;
}

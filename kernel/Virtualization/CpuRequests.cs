// SPDX-License-Identifier: MIT
using System;

namespace Hypervisor.Virtualization;

/// <summary>
/// What others may ask of a vCPU. Bits are set by anyone and taken by the processor that runs the vCPU.
/// </summary>
[Flags]
public enum CpuRequests
{
    None = 0,

    /// <summary>The local APIC's state has changed: look at what it would deliver.</summary>
    Interrupt = 1 << 0,
    Nmi = 1 << 1,
    Init = 1 << 2,

    /// <summary>A start-up IPI; the vector is in <see cref="VirtualCpu.StartupVector"/>.</summary>
    Sipi = 1 << 3,

    /// <summary>A nested mapping has changed.</summary>
    FlushTlb = 1 << 4,

    /// <summary>Stay out of the guest until <see cref="VirtualCpu.Resume"/>.</summary>
    Pause = 1 << 5,

    /// <summary>The VM dies: never enter again.</summary>
    Die = 1 << 6,

    /// <summary>A timer of the VM is due; the caller of the slice runs it.</summary>
    TimerDue = 1 << 7,

    /// <summary>The machine has something for the caller of the slice: console input, the power button.</summary>
    MachineWork = 1 << 8,

    /// <summary>
    /// Interrupts were posted (<see cref="VirtualCpu.Post"/>). A guest that takes them without an exit leaves the bit
    /// behind, so it must not stand for anything that needs a kick.
    /// </summary>
    Posted = 1 << 9,
}

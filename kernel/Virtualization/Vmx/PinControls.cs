// SPDX-License-Identifier: MIT
using System;

namespace Hypervisor.Virtualization.Vmx;

/// <summary>Pin-based VM-execution controls (SDM volume 3, 25.6.1).</summary>
[Flags]
public enum PinControls : uint
{
    None = 0,
    ExternalInterruptExiting = 1 << 0,
    NmiExiting = 1 << 3,
    VirtualNmis = 1 << 5,
    PreemptionTimer = 1 << 6,
    PostedInterrupts = 1 << 7,

    Required = ExternalInterruptExiting | NmiExiting | VirtualNmis,
    Optional = PreemptionTimer,
}

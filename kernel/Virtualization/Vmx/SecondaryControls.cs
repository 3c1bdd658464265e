// SPDX-License-Identifier: MIT
using System;

namespace Hypervisor.Virtualization.Vmx;

/// <summary>Secondary processor-based VM-execution controls (SDM volume 3, 25.6.2).</summary>
[Flags]
public enum SecondaryControls : uint
{
    None = 0,
    ApicAccesses = 1 << 0,
    Ept = 1 << 1,
    DescriptorTableExiting = 1 << 2,
    Rdtscp = 1 << 3,
    X2ApicMode = 1 << 4,
    Vpid = 1 << 5,
    WbinvdExiting = 1 << 6,
    UnrestrictedGuest = 1 << 7,
    ApicRegisters = 1 << 8,
    InterruptDelivery = 1 << 9,
    PauseLoopExiting = 1 << 10,
    RdrandExiting = 1 << 11,
    Invpcid = 1 << 12,
    VmFunctions = 1 << 13,
    VmcsShadowing = 1 << 14,
    RdseedExiting = 1 << 16,
    PageModificationLog = 1 << 17,
    EptViolationException = 1 << 18,
    Xsaves = 1 << 20,
    ModeBasedExecute = 1 << 22,
    SubPageWrite = 1 << 23,
    TscScaling = 1 << 25,

    /// <summary>A local APIC that the processor serves itself, in both modes.</summary>
    VirtualApic = ApicAccesses | X2ApicMode | ApicRegisters | InterruptDelivery,

    Required = Ept | UnrestrictedGuest,
    Optional = Rdtscp | Vpid | WbinvdExiting | PauseLoopExiting | Invpcid | Xsaves,
}

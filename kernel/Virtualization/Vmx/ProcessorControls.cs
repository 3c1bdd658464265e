// SPDX-License-Identifier: MIT
using System;

namespace Hypervisor.Virtualization.Vmx;

/// <summary>Primary processor-based VM-execution controls (SDM volume 3, 25.6.2).</summary>
[Flags]
public enum ProcessorControls : uint
{
    None = 0,
    InterruptWindow = 1 << 2,
    TscOffsetting = 1 << 3,
    HaltExiting = 1 << 7,
    InvlpgExiting = 1 << 9,
    MwaitExiting = 1 << 10,
    RdpmcExiting = 1 << 11,
    RdtscExiting = 1 << 12,
    Cr3LoadExiting = 1 << 15,
    Cr3StoreExiting = 1 << 16,
    Cr8LoadExiting = 1 << 19,
    Cr8StoreExiting = 1 << 20,
    TprShadow = 1 << 21,
    NmiWindow = 1 << 22,
    DebugRegisterExiting = 1 << 23,
    UnconditionalPortExiting = 1 << 24,
    PortBitmaps = 1 << 25,
    MonitorTrap = 1 << 27,
    MsrBitmaps = 1 << 28,
    MonitorExiting = 1 << 29,
    PauseExiting = 1 << 30,
    Secondary = 1u << 31,

    /// <summary>What leaves every guest, and what the run loop counts on.</summary>
    Required = TscOffsetting | HaltExiting | MwaitExiting | RdpmcExiting | UnconditionalPortExiting
        | MsrBitmaps | MonitorExiting | Secondary,

    /// <summary>Switched on and off while a guest runs.</summary>
    Windows = InterruptWindow | NmiWindow,
    Optional = TprShadow,
}

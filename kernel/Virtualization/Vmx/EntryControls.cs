// SPDX-License-Identifier: MIT
using System;

namespace Hypervisor.Virtualization.Vmx;

/// <summary>VM-entry controls (SDM volume 3, 25.8.1).</summary>
[Flags]
public enum EntryControls : uint
{
    None = 0,
    LoadDebugControls = 1 << 2,

    /// <summary>IA-32e mode guest: as EFER.LMA, which an exit stores here (27.2).</summary>
    LongMode = 1 << 9,
    EntryToSmm = 1 << 10,
    DeactivateDualMonitor = 1 << 11,
    LoadPat = 1 << 14,
    LoadEfer = 1 << 15,

    Required = LoadDebugControls | LoadPat | LoadEfer,

    /// <summary>Switched on and off with the guest's mode.</summary>
    Switched = LongMode,
}

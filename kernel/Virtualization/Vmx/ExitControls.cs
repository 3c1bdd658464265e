// SPDX-License-Identifier: MIT
using System;

namespace Hypervisor.Virtualization.Vmx;

/// <summary>VM-exit controls (SDM volume 3, 25.7.1).</summary>
[Flags]
public enum ExitControls : uint
{
    None = 0,
    SaveDebugControls = 1 << 2,
    HostIn64BitMode = 1 << 9,
    AcknowledgeInterrupt = 1 << 15,
    SavePat = 1 << 18,
    LoadPat = 1 << 19,
    SaveEfer = 1 << 20,
    LoadEfer = 1 << 21,
    SavePreemptionTimer = 1 << 22,

    /// <summary>The guest's PAT changes only by WRMSR, which leaves it: it need not be saved.</summary>
    Required = SaveDebugControls | HostIn64BitMode | LoadPat | SaveEfer | LoadEfer,
}

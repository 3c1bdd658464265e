// SPDX-License-Identifier: MIT
using System;

namespace Hypervisor.Machine;

/// <summary>What came for a VM's devices from outside and is done in the VM's own context, by its first vCPU.</summary>
[Flags]
public enum MachineWork
{
    None = 0,

    /// <summary>Somebody typed on the VM's serial port.</summary>
    ConsoleInput = 1 << 0,

    /// <summary>Somebody pressed the power button.</summary>
    PowerButton = 1 << 1,
}

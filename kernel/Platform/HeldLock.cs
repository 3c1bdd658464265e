// SPDX-License-Identifier: MIT
namespace Hypervisor.Platform;

/// <summary>What an injected fault's code holds when it faults.</summary>
public enum HeldLock
{
    None,

    /// <summary>A lock of the VM that is served.</summary>
    VmOwned,

    /// <summary>A lock of the host's own state: the fault is a panic.</summary>
    Shared,
}

// SPDX-License-Identifier: MIT
using Hypervisor.Memory;

namespace Hypervisor.Virtualization;

/// <summary>A guest-physical access that the nested page tables refused.</summary>
public struct MemoryAccess
{
    public GuestPhysical Address;
    public bool IsWrite;
    public bool IsFetch;

    /// <summary>A mapping exists and its permissions refuse.</summary>
    public bool IsPresent;

    /// <summary>The access was the processor's own to a page table of the guest.</summary>
    public bool IsPageWalk;
}

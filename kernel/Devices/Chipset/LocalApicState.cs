// SPDX-License-Identifier: MIT
namespace Hypervisor.Devices.Chipset;

/// <summary>What a local APIC knows beside its page of registers.</summary>
public struct LocalApicState
{
    /// <summary>IA32_APIC_BASE.</summary>
    public ulong BaseMsr;

    /// <summary>Errors since the last write to the error status register; set by any processor.</summary>
    public uint PendingErrors;
}

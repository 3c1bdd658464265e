// SPDX-License-Identifier: MIT
namespace Hypervisor.Devices.Chipset;

/// <summary>One local APIC's registers.</summary>
public struct LocalApicState
{
    /// <summary>
    /// The first KiB of the architectural register page, as 32-bit words: register number n at index 4n. IRR and TMR
    /// bits are set by any processor with atomic operations, everything else by the vCPU's own.
    /// </summary>
    public uint[] Page;

    /// <summary>IA32_APIC_BASE.</summary>
    public ulong BaseMsr;

    /// <summary>Errors since the last write to the error status register; set by any processor.</summary>
    public uint PendingErrors;
}

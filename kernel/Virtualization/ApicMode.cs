// SPDX-License-Identifier: MIT
namespace Hypervisor.Virtualization;

/// <summary>How a vCPU reaches its local APIC, as far as its processor can do it without an exit.</summary>
public enum ApicMode
{
    /// <summary>Not at all: the APIC is switched off, or its page is not where it is after power-on.</summary>
    None,

    /// <summary>By the page of registers at FEE0_0000h (xAPIC mode).</summary>
    Page,

    /// <summary>By MSRs 800h to 8FFh (x2APIC mode).</summary>
    Msrs,
}

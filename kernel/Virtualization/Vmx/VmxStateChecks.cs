// SPDX-License-Identifier: MIT
using Hypervisor.Memory;

namespace Hypervisor.Virtualization.Vmx;

/// <summary>The guest's RIP and RFLAGS, what is no register, and PDPTEs (SDM volume 3, 27.3.1.4 to 27.3.1.6).</summary>
internal static class VmxStateChecks
{
    private const ulong ReservedFlags = ~0x3F_FFFFUL | 0x8028;
    private const uint Active = 0;
    private const uint Halted = 1;
    private const uint Shutdown = 2;
    private const uint WaitForSipi = 3;
    private const uint EnclaveFeature = 1 << 2;
    private const ulong NoLink = ulong.MaxValue;
    private const uint ShadowBit = 1u << 31;
    private const ulong PointerPresent = 1;
    private const ulong PointerReserved = 0x1E6;
    private const ulong PointerFlags = 0xFFF;
    private const uint PointerStride = 2;
    private const uint PointerCount = 4;

    public static string? FindViolation(in CheckedEntry entry)
    {
        var stack = new CheckedSegment(entry.Vmcs, SegmentRegister.Ss);
        var state = new Interruptibility(entry.Vmcs.Read(VmcsField32.GuestInterruptibility));
        uint activity = entry.Vmcs.Read(VmcsField32.GuestActivity);
        return FindRip(in entry)
            ?? FindFlags(in entry)
            ?? FindActivity(in entry, activity, stack.Rights.PrivilegeLevel, state)
            ?? FindInterruptibility(in entry, state)
            ?? VmxPendingDebugChecks.FindViolation(in entry, state, activity == Halted)
            ?? FindLink(in entry, entry.Vmcs.Read(VmcsField64.VmcsLinkPointer))
            ?? FindPointers(in entry);
    }

    /// <summary>27.3.1.4. An address that is equal in its high bits need not be canonical.</summary>
    private static string? FindRip(in CheckedEntry entry)
    {
        bool is64Bit = entry.IsLongMode && new CheckedSegment(entry.Vmcs, SegmentRegister.Cs).Rights.IsLong;
        return !is64Bit && entry.Rip > uint.MaxValue ? "RIP above 4 GiB outside 64-bit mode"
            : is64Bit && !entry.HasEqualHighBits(entry.Rip) ? "RIP beyond the processor's linear addresses"
            : null;
    }

    /// <summary>27.3.1.4.</summary>
    private static string? FindFlags(in CheckedEntry entry) =>
        (entry.Flags.Value & ReservedFlags) != 0 || !entry.Flags.AlwaysOne ? "a reserved bit of RFLAGS"
        : entry.IsVirtual8086 && entry.IsLongMode ? "virtual-8086 mode in long mode"
        : entry.IsVirtual8086 && !entry.Cr0.ProtectionEnable ? "virtual-8086 mode in real mode"
        : entry.Delivers(VmxEvent.TypeInterrupt) && !entry.Flags.Interrupt
            ? "an interrupt for a guest with RFLAGS.IF clear"
        : null;

    /// <summary>27.3.1.5: activity state.</summary>
    private static string? FindActivity(in CheckedEntry entry, uint activity, int level, Interruptibility state) =>
        activity == Active ? null
        : activity > WaitForSipi ? "an activity state that there is not"
        : ((entry.Capabilities.Miscellaneous.ActivityStates >> (int)(activity - 1)) & 1) == 0
            ? "an activity state that the processor does not support"
        : activity == Halted && level != 0 ? "a halted guest outside ring 0"
        : state.HasShadow ? "a guest that is not active in the shadow of STI or MOV SS"
        : entry.Event.IsValid && !CanDeliver(in entry, activity)
            ? "an event for a guest that is not active enough to take it"
        : null;

    private static bool CanDeliver(in CheckedEntry entry, uint activity) => activity switch
    {
        Halted => entry.Delivers(VmxEvent.TypeInterrupt) || entry.Delivers(VmxEvent.TypeNmi)
            || entry.DeliversException(ExceptionVector.Debug) || entry.DeliversException(ExceptionVector.MachineCheck)
            || entry.Delivers(VmxEvent.TypeOther),
        Shutdown => entry.Delivers(VmxEvent.TypeNmi) || entry.DeliversException(ExceptionVector.MachineCheck),
        _ => false,
    };

    /// <summary>27.3.1.5: interruptibility state. Some processors allow an NMI in the shadow of STI.</summary>
    private static string? FindInterruptibility(in CheckedEntry entry, Interruptibility state) =>
        state.Reserved != 0 ? "a reserved bit of the interruptibility state"
        : state is { BlockingBySti: true, BlockingByMovSs: true } ? "the shadows of STI and of MOV SS together"
        : state.BlockingBySti && !entry.Flags.Interrupt ? "the shadow of STI with RFLAGS.IF clear"
        : state.HasShadow && entry.Delivers(VmxEvent.TypeInterrupt) ? "an interrupt in the shadow of STI or MOV SS"
        : state.HasShadow && entry.Delivers(VmxEvent.TypeNmi) ? "an NMI in the shadow of STI or MOV SS"
        : state.BlockingBySmi ? "blocking by SMI outside SMM"
        : state.BlockingByNmi && entry.Has(PinControls.VirtualNmis) && entry.Delivers(VmxEvent.TypeNmi)
            ? "an NMI while NMIs are blocked"
        : state.InEnclave && state.BlockingByMovSs ? "the shadow of MOV SS in an enclave"
        : state.InEnclave && (entry.Features & EnclaveFeature) == 0 ? "an enclave, which the processor does not have"
        : null;

    /// <summary>27.3.1.5: the VMCS that shadows this one, where there is one.</summary>
    private static string? FindLink(in CheckedEntry entry, ulong link)
    {
        if (link == NoLink)
        {
            return null;
        }

        if (!CheckedEntry.IsPageAligned(link) || !entry.IsReachable(link))
        {
            return "a VMCS link pointer that is not a page";
        }

        uint wanted = entry.Capabilities.Basic.Revision
            | (entry.Has(SecondaryControls.VmcsShadowing) ? ShadowBit : 0);
        return (uint)new TablePage(new HostPhysical(link))[0] == wanted ? null
            : "a VMCS link pointer to something else than a VMCS";
    }

    /// <summary>27.3.1.6: with PAE paging, the four entries that CR3 points at.</summary>
    private static string? FindPointers(in CheckedEntry entry)
    {
        bool isPae = entry.Cr0.Paging && entry.Cr4.PhysicalAddressExtension && !entry.IsLongMode;
        if (!isPae || !entry.Has(SecondaryControls.Ept))
        {
            return null;
        }

        for (uint index = 0; index < PointerCount; index++)
        {
            ulong pointer = entry.Vmcs.Read(VmcsField64.GuestPdpte0 + (index * PointerStride));
            if ((pointer & PointerPresent) != 0
                && ((pointer & PointerReserved) != 0 || !entry.IsPhysical(pointer & ~PointerFlags)))
            {
                return "a reserved bit of a page-directory pointer";
            }
        }

        return null;
    }
}

// SPDX-License-Identifier: MIT
using Hypervisor.Memory;

namespace Hypervisor.Virtualization.Vmx;

/// <summary>Checks on VMX controls (SDM volume 3, 27.2.1), but for the event.</summary>
internal static class VmxControlChecks
{
    private const ulong UncachedType = 0;
    private const ulong WriteBackType = 6;
    private const byte FourLevels = 3;
    private const byte FiveLevels = 4;
    private const uint ThresholdMask = 0xF;
    private const int TaskPriorityWord = 0x80 / sizeof(ulong);
    private const int ClassShift = 4;
    private const ulong MsrEntrySize = 16;
    private const ulong DescriptorSize = 64;

    public static string? FindViolation(in CheckedEntry entry) =>
        FindReserved(in entry)
        ?? FindExecution(in entry)
        ?? FindShadow(in entry)
        ?? FindInterrupts(in entry)
        ?? FindNested(in entry)
        ?? FindExit(in entry)
        ?? FindEntry(in entry);

    /// <summary>Every bit of the controls that the processor fixes has its value (27.2.1.1 to 27.2.1.3).</summary>
    private static string? FindReserved(in CheckedEntry entry) =>
        !entry.Capabilities.Pin.Accepts((uint)entry.Pin)
            ? "a reserved bit of the pin-based controls"
        : !entry.Capabilities.Processor.Accepts((uint)entry.Processor)
            ? "a reserved bit of the primary processor-based controls"
        : entry.Has(ProcessorControls.Secondary) && !entry.Capabilities.Secondary.Accepts((uint)entry.Secondary)
            ? "a reserved bit of the secondary processor-based controls"
        : !entry.Capabilities.Exit.Accepts((uint)entry.Exit)
            ? "a reserved bit of the VM-exit controls"
        : !entry.Capabilities.Entry.Accepts((uint)entry.Entry)
            ? "a reserved bit of the VM-entry controls"
        : null;

    /// <summary>27.2.1.1, in the manual's order: CR3 targets, the MSR bitmap, NMIs, the VPID.</summary>
    private static string? FindExecution(in CheckedEntry entry) =>
        entry.Vmcs.Read(VmcsField32.Cr3TargetCount) > entry.Capabilities.Miscellaneous.Cr3Targets
            ? "more CR3 targets than the processor has"
        : entry.Has(ProcessorControls.MsrBitmaps)
            && !CheckedEntry.IsPageAligned(entry.Vmcs.Read(VmcsField64.MsrBitmap))
            ? "an MSR bitmap that is not a page"
        : entry.Has(ProcessorControls.MsrBitmaps) && !entry.IsReachable(entry.Vmcs.Read(VmcsField64.MsrBitmap))
            ? "an MSR bitmap beyond the processor's physical addresses"
        : !entry.Has(PinControls.NmiExiting) && entry.Has(PinControls.VirtualNmis)
            ? "virtual NMIs without NMI exiting"
        : !entry.Has(PinControls.VirtualNmis) && entry.Has(ProcessorControls.NmiWindow)
            ? "NMI-window exiting without virtual NMIs"
        : entry.Has(SecondaryControls.Vpid) && entry.Vmcs.Read(VmcsField16.Vpid) == 0
            ? "VPID 0, which is the host's"
        : null;

    /// <summary>The TPR shadow, and the controls that need it (27.2.1.1).</summary>
    private static string? FindShadow(in CheckedEntry entry)
    {
        if (!entry.Has(ProcessorControls.TprShadow))
        {
            return entry.Has(SecondaryControls.X2ApicMode)
                    ? "virtualize x2APIC mode without a TPR shadow"
                : entry.Has(SecondaryControls.ApicRegisters)
                    ? "APIC-register virtualization without a TPR shadow"
                : entry.Has(SecondaryControls.InterruptDelivery)
                    ? "virtual-interrupt delivery without a TPR shadow"
                : null;
        }

        ulong page = entry.Vmcs.Read(VmcsField64.VirtualApicPage);
        return !CheckedEntry.IsPageAligned(page) ? "a virtual-APIC page that is not a page"
            : !entry.IsReachable(page) ? "a virtual-APIC page beyond the processor's physical addresses"
            : FindThreshold(in entry, page);
    }

    private static string? FindThreshold(in CheckedEntry entry, ulong page)
    {
        uint threshold = entry.Vmcs.Read(VmcsField32.TprThreshold);
        if (threshold == 0 || entry.Has(SecondaryControls.InterruptDelivery))
        {
            return null;
        }

        ulong taskPriority = new TablePage(new HostPhysical(page))[TaskPriorityWord];
        return threshold > ThresholdMask ? "a TPR threshold with a reserved bit"
            : !entry.Has(SecondaryControls.ApicAccesses) && threshold > ((taskPriority >> ClassShift) & ThresholdMask)
                ? "a TPR threshold above the virtual TPR"
            : null;
    }

    /// <summary>The controls of a virtual APIC that exclude or need each other (27.2.1.1).</summary>
    private static string? FindInterrupts(in CheckedEntry entry) =>
        entry.Has(SecondaryControls.X2ApicMode) && entry.Has(SecondaryControls.ApicAccesses)
            ? "virtualize x2APIC mode together with virtualize APIC accesses"
        : entry.Has(SecondaryControls.InterruptDelivery) && !entry.Has(PinControls.ExternalInterruptExiting)
            ? "virtual-interrupt delivery without external-interrupt exiting"
        : entry.Has(PinControls.PostedInterrupts) && !entry.Has(SecondaryControls.InterruptDelivery)
            ? "posted interrupts without virtual-interrupt delivery"
        : entry.Has(PinControls.PostedInterrupts) && !entry.Has(ExitControls.AcknowledgeInterrupt)
            ? "posted interrupts without acknowledging interrupts on exit"
        : FindApicAddresses(in entry);

    private static string? FindApicAddresses(in CheckedEntry entry)
    {
        ulong access = entry.Has(SecondaryControls.ApicAccesses) ? entry.Vmcs.Read(VmcsField64.ApicAccessPage) : 0;
        bool posts = entry.Has(PinControls.PostedInterrupts);
        ulong descriptor = posts ? entry.Vmcs.Read(VmcsField64.PostedInterrupts) : 0;
        return !CheckedEntry.IsPageAligned(access) ? "an APIC-access page that is not a page"
            : !entry.IsReachable(access) ? "an APIC-access page beyond the processor's physical addresses"
            : posts && entry.Vmcs.Read(VmcsField16.NotificationVector) > byte.MaxValue
                ? "a notification vector above 255"
            : descriptor % DescriptorSize != 0 ? "a posted-interrupt descriptor that is not aligned"
            : !entry.IsReachable(descriptor)
                ? "a posted-interrupt descriptor beyond the processor's physical addresses"
            : null;
    }

    /// <summary>EPT, and the controls that need it (27.2.1.1).</summary>
    private static string? FindNested(in CheckedEntry entry)
    {
        if (entry.Has(SecondaryControls.Ept))
        {
            return FindEptPointer(in entry, new EptPointer(entry.Vmcs.Read(VmcsField64.EptPointer)));
        }

        return entry.Has(SecondaryControls.PageModificationLog) ? "page-modification logging without EPT"
            : entry.IsUnrestricted ? "an unrestricted guest without EPT"
            : entry.Has(SecondaryControls.ModeBasedExecute) ? "mode-based execute control without EPT"
            : entry.Has(SecondaryControls.SubPageWrite) ? "sub-page write permissions without EPT"
            : null;
    }

    private static string? FindEptPointer(in CheckedEntry entry, EptPointer pointer)
    {
        EptCapabilities ept = entry.Capabilities.Ept;
        bool hasType = (pointer.MemoryType == UncachedType && ept.Uncached)
            || (pointer.MemoryType == WriteBackType && ept.WriteBack);
        bool hasWalk = (pointer.Walk == FourLevels && ept.FourLevels) || (pointer.Walk == FiveLevels && ept.FiveLevels);
        return !hasType ? "an EPT pointer with a memory type that the processor does not support"
            : !hasWalk ? "an EPT pointer with a number of levels that the processor does not support"
            : pointer.AccessedDirty && !ept.AccessedDirty
                ? "an EPT pointer with accessed and dirty flags, which the processor does not have"
            : pointer.ShadowStacks && !ept.ShadowStacks
                ? "an EPT pointer with shadow stacks, which the processor does not have"
            : pointer.Reserved != 0 ? "an EPT pointer with a reserved bit"
            : !entry.IsPhysical(pointer.Value) ? "an EPT pointer beyond the processor's physical addresses"
            : null;
    }

    /// <summary>27.2.1.2.</summary>
    private static string? FindExit(in CheckedEntry entry) =>
        entry.Has(ExitControls.SavePreemptionTimer) && !entry.Has(PinControls.PreemptionTimer)
            ? "saving of the preemption timer, which is not active"
        : FindList(in entry, VmcsField32.ExitMsrStoreCount, VmcsField64.ExitMsrStoreAddress)
            ?? FindList(in entry, VmcsField32.ExitMsrLoadCount, VmcsField64.ExitMsrLoadAddress);

    /// <summary>27.2.1.3. The hypervisor is not an SMM monitor.</summary>
    private static string? FindEntry(in CheckedEntry entry) =>
        entry.Has(EntryControls.EntryToSmm)
            ? "an entry to SMM from outside"
        : entry.Has(EntryControls.DeactivateDualMonitor)
            ? "a deactivation of the dual-monitor treatment outside SMM"
        : FindList(in entry, VmcsField32.EntryMsrLoadCount, VmcsField64.EntryMsrLoadAddress);

    private static string? FindList(in CheckedEntry entry, VmcsField32 countField, VmcsField64 addressField)
    {
        ulong count = entry.Vmcs.Read(countField);
        if (count == 0)
        {
            return null;
        }

        ulong address = entry.Vmcs.Read(addressField);
        return address % MsrEntrySize != 0 ? "a list of MSRs that is not aligned"
            : !entry.IsReachable(address) || !entry.IsReachable(address + (count * MsrEntrySize) - 1)
                ? "a list of MSRs beyond the processor's physical addresses"
            : null;
    }
}

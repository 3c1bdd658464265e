// SPDX-License-Identifier: MIT
using Hypervisor.X64;

namespace Hypervisor.Virtualization.Vmx;

/// <summary>
/// What this processor's VMX can do (SDM volume 3, appendix A), read once at boot on a processor that has VMX; all
/// processors of a machine are taken to agree.
/// </summary>
internal sealed class VmxCapabilities
{
    public VmxCapabilities()
    {
        Basic = new VmxBasic(Instructions.ReadMsr(Msr.VmxBasic));
        bool isTrue = Basic.HasTrueControls;
        Pin = Read(isTrue ? Msr.VmxTruePinControls : Msr.VmxPinControls);
        Processor = Read(isTrue ? Msr.VmxTrueProcessorControls : Msr.VmxProcessorControls);
        Exit = Read(isTrue ? Msr.VmxTrueExitControls : Msr.VmxExitControls);
        Entry = Read(isTrue ? Msr.VmxTrueEntryControls : Msr.VmxEntryControls);
        Cr0Fixed0 = Instructions.ReadMsr(Msr.VmxCr0Fixed0);
        Cr0Fixed1 = Instructions.ReadMsr(Msr.VmxCr0Fixed1);
        Cr4Fixed0 = Instructions.ReadMsr(Msr.VmxCr4Fixed0);
        Cr4Fixed1 = Instructions.ReadMsr(Msr.VmxCr4Fixed1);
        Miscellaneous = new VmxMiscellaneous(Instructions.ReadMsr(Msr.VmxMiscellaneous));
        if (Processor.Allows((uint)ProcessorControls.Secondary))
        {
            Secondary = Read(Msr.VmxSecondaryControls);
        }

        // The register is there only where EPT or VPID is (appendix A.10).
        if (Secondary.Allows((uint)SecondaryControls.Ept) || Secondary.Allows((uint)SecondaryControls.Vpid))
        {
            Ept = new EptCapabilities(Instructions.ReadMsr(Msr.VmxEptVpidCapabilities));
        }
    }

    public VmxBasic Basic { get; }

    public ControlCapability Pin { get; }

    public ControlCapability Processor { get; }

    public ControlCapability Secondary { get; }

    public ControlCapability Exit { get; }

    public ControlCapability Entry { get; }

    public EptCapabilities Ept { get; }

    /// <summary>Bits of CR0 that must be 1 in VMX operation, and those that may be; the same for CR4 below.</summary>
    public ulong Cr0Fixed0 { get; }

    public ulong Cr0Fixed1 { get; }

    public ulong Cr4Fixed0 { get; }

    public ulong Cr4Fixed1 { get; }

    public VmxMiscellaneous Miscellaneous { get; }

    /// <summary>The preemption timer counts once in 2^n ticks of the TSC.</summary>
    public int TimerShift => Miscellaneous.TimerShift;

    /// <summary>VPIDs can be used only where there is a way to flush one or all of them.</summary>
    public bool HasVpid => Has(SecondaryControls.Vpid) && Ept.Invvpid && (Ept.InvvpidSingle || Ept.InvvpidAll);

    /// <summary>
    /// The processor can serve a guest's local APIC: registers in both modes, and the delivery of interrupts.
    /// </summary>
    public bool HasVirtualApic => Has(ProcessorControls.TprShadow) && Has(SecondaryControls.ApicAccesses)
        && Has(SecondaryControls.X2ApicMode) && Has(SecondaryControls.ApicRegisters)
        && Has(SecondaryControls.InterruptDelivery);

    /// <summary>Interrupts can come into a running guest without an exit.</summary>
    public bool HasPostedInterrupts => HasVirtualApic && Has(PinControls.PostedInterrupts)
        && Exit.Allows((uint)ExitControls.AcknowledgeInterrupt);

    public bool Has(PinControls control) => Pin.Allows((uint)control);

    public bool Has(ProcessorControls control) => Processor.Allows((uint)control);

    public bool Has(SecondaryControls control) => Secondary.Allows((uint)control);

    /// <summary>
    /// A sentence about something that guests need and this processor has not; null where all is there.
    /// </summary>
    public string? FindMissing()
    {
        if (!Has(SecondaryControls.Ept))
        {
            return "This processor's VT-x has no EPT (nested paging).";
        }

        if (!Has(SecondaryControls.UnrestrictedGuest))
        {
            return "This processor's VT-x has no unrestricted guest (real mode).";
        }

        if (!Ept.FourLevels || !Ept.WriteBack)
        {
            return "This processor's EPT has no tables of four levels in write-back memory.";
        }

        return Ept.Invept && (Ept.InveptSingle || Ept.InveptAll) ? FindMissingControl()
            : "This processor's VT-x has no INVEPT.";
    }

    private string? FindMissingControl()
    {
        uint pin = Pin.FindMissing((uint)PinControls.Required);
        ProcessorControls priority = Has(ProcessorControls.TprShadow)
            ? ProcessorControls.Cr8LoadExiting
            : ProcessorControls.Cr8LoadExiting | ProcessorControls.Cr8StoreExiting;
        uint processor = Processor.FindMissing(
            (uint)(ProcessorControls.Required | ProcessorControls.Windows | priority));
        uint exit = Exit.FindMissing((uint)ExitControls.Required);
        uint entry = Entry.FindMissing((uint)(EntryControls.Required | EntryControls.Switched));
        return pin != 0 ? MissingControl.Describe((PinControls)pin)
            : processor != 0 ? MissingControl.Describe((ProcessorControls)processor)
            : exit != 0 ? MissingControl.Describe((ExitControls)exit)
            : entry != 0 ? MissingControl.Describe((EntryControls)entry)
            : null;
    }

    private static ControlCapability Read(uint msr) => new(Instructions.ReadMsr(msr));
}

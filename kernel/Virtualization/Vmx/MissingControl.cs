// SPDX-License-Identifier: MIT
namespace Hypervisor.Virtualization.Vmx;

/// <summary>
/// The sentence for a control that guests need and a processor has not, with the manual's name of it.
/// </summary>
internal static class MissingControl
{
    private const string Unknown = "This processor's VT-x lacks a control that this hypervisor needs.";

    public static string Describe(PinControls control) => control switch
    {
        PinControls.ExternalInterruptExiting => "This processor's VT-x has no external-interrupt exiting.",
        PinControls.NmiExiting => "This processor's VT-x has no NMI exiting.",
        PinControls.VirtualNmis => "This processor's VT-x has no virtual NMIs.",
        _ => Unknown,
    };

    public static string Describe(ProcessorControls control) => control switch
    {
        ProcessorControls.InterruptWindow => "This processor's VT-x has no interrupt-window exiting.",
        ProcessorControls.TscOffsetting => "This processor's VT-x has no TSC offsetting.",
        ProcessorControls.HaltExiting => "This processor's VT-x has no HLT exiting.",
        ProcessorControls.MwaitExiting => "This processor's VT-x has no MWAIT exiting.",
        ProcessorControls.RdpmcExiting => "This processor's VT-x has no RDPMC exiting.",
        ProcessorControls.Cr8LoadExiting => "This processor's VT-x has no CR8-load exiting.",
        ProcessorControls.Cr8StoreExiting => "This processor's VT-x has no CR8-store exiting and no TPR shadow.",
        ProcessorControls.NmiWindow => "This processor's VT-x has no NMI-window exiting.",
        ProcessorControls.UnconditionalPortExiting => "This processor's VT-x has no unconditional I/O exiting.",
        ProcessorControls.MsrBitmaps => "This processor's VT-x has no MSR bitmaps.",
        ProcessorControls.MonitorExiting => "This processor's VT-x has no MONITOR exiting.",
        _ => Unknown,
    };

    public static string Describe(ExitControls control) => control switch
    {
        ExitControls.SaveDebugControls => "This processor's VT-x has no save debug controls at exits.",
        ExitControls.HostIn64BitMode => "This processor's VT-x has no 64-bit host.",
        ExitControls.LoadPat => "This processor's VT-x has no load IA32_PAT at exits.",
        ExitControls.SaveEfer => "This processor's VT-x has no save IA32_EFER at exits.",
        ExitControls.LoadEfer => "This processor's VT-x has no load IA32_EFER at exits.",
        _ => Unknown,
    };

    public static string Describe(EntryControls control) => control switch
    {
        EntryControls.LoadDebugControls => "This processor's VT-x has no load debug controls at entries.",
        EntryControls.LongMode => "This processor's VT-x has no 64-bit guest.",
        EntryControls.LoadPat => "This processor's VT-x has no load IA32_PAT at entries.",
        EntryControls.LoadEfer => "This processor's VT-x has no load IA32_EFER at entries.",
        _ => Unknown,
    };
}

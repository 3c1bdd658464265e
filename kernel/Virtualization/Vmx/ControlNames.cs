// SPDX-License-Identifier: MIT
namespace Hypervisor.Virtualization.Vmx;

/// <summary>The manual's names of optional controls, for people.</summary>
internal static class ControlNames
{
    private const string Unknown = "unknown";

    public static string Of(PinControls control) => control switch
    {
        PinControls.PreemptionTimer => "VMX-preemption timer",
        PinControls.PostedInterrupts => "posted interrupts",
        _ => Unknown,
    };

    public static string Of(ProcessorControls control) => control switch
    {
        ProcessorControls.TprShadow => "TPR shadow",
        ProcessorControls.MonitorTrap => "monitor trap flag",
        _ => Unknown,
    };

    public static string Of(SecondaryControls control) => control switch
    {
        SecondaryControls.ApicAccesses => "virtualize APIC accesses",
        SecondaryControls.Rdtscp => "RDTSCP",
        SecondaryControls.X2ApicMode => "virtualize x2APIC mode",
        SecondaryControls.Vpid => "VPID",
        SecondaryControls.WbinvdExiting => "WBINVD exiting",
        SecondaryControls.ApicRegisters => "APIC-register virtualization",
        SecondaryControls.InterruptDelivery => "virtual-interrupt delivery",
        SecondaryControls.PauseLoopExiting => "PAUSE-loop exiting",
        SecondaryControls.Invpcid => "INVPCID",
        SecondaryControls.VmFunctions => "VM functions",
        SecondaryControls.VmcsShadowing => "VMCS shadowing",
        SecondaryControls.PageModificationLog => "PML",
        SecondaryControls.EptViolationException => "EPT-violation #VE",
        SecondaryControls.Xsaves => "XSAVES/XRSTORS",
        SecondaryControls.ModeBasedExecute => "mode-based execute control for EPT",
        SecondaryControls.TscScaling => "TSC scaling",
        _ => Unknown,
    };
}

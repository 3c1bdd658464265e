// SPDX-License-Identifier: MIT
using System;

namespace Hypervisor.Virtualization.Vmx;

/// <summary>The optional features of this machine's VT-x, in use or not.</summary>
internal static class VmxFeatures
{
    private const int Most = 24;

    /// <summary>In use where present.</summary>
    private static readonly SecondaryControls[] s_used =
    [
        SecondaryControls.Vpid, SecondaryControls.Rdtscp, SecondaryControls.Invpcid, SecondaryControls.Xsaves,
        SecondaryControls.PauseLoopExiting, SecondaryControls.WbinvdExiting, SecondaryControls.TscScaling,
    ];

    /// <summary>In use where all of them are there.</summary>
    private static readonly SecondaryControls[] s_apic =
    [
        SecondaryControls.ApicAccesses, SecondaryControls.X2ApicMode, SecondaryControls.ApicRegisters,
        SecondaryControls.InterruptDelivery,
    ];

    /// <summary>Without a use yet.</summary>
    private static readonly SecondaryControls[] s_unused =
    [
        SecondaryControls.PageModificationLog, SecondaryControls.ModeBasedExecute, SecondaryControls.VmFunctions,
        SecondaryControls.VmcsShadowing, SecondaryControls.EptViolationException,
    ];

    public static VirtualizationFeature[] List(VmxCapabilities capabilities, bool delivers, bool posts)
    {
        var found = new VirtualizationFeature[Most];
        int count = 0;
        Add(capabilities.Has(PinControls.PreemptionTimer), ControlNames.Of(PinControls.PreemptionTimer), true);
        Add(capabilities.Has(ProcessorControls.TprShadow), ControlNames.Of(ProcessorControls.TprShadow), true);
        Add(capabilities.Ept.AccessedDirty, "EPT accessed and dirty flags", true);
        Add(capabilities.Ept.Pages2M, "EPT pages of 2 MiB", true);
        Add(capabilities.Ept.Pages1G, "EPT pages of 1 GiB", true);
        foreach (SecondaryControls control in s_used)
        {
            bool isUsable = control != SecondaryControls.Vpid || capabilities.HasVpid;
            Add(capabilities.Has(control), ControlNames.Of(control), isUsable);
        }

        foreach (SecondaryControls control in s_apic)
        {
            Add(capabilities.Has(control), ControlNames.Of(control), delivers);
        }

        Add(capabilities.Has(PinControls.PostedInterrupts), ControlNames.Of(PinControls.PostedInterrupts), posts);
        Add(capabilities.Has(ProcessorControls.MonitorTrap), ControlNames.Of(ProcessorControls.MonitorTrap), false);
        foreach (SecondaryControls control in s_unused)
        {
            Add(capabilities.Has(control), ControlNames.Of(control), false);
        }

        return new ReadOnlySpan<VirtualizationFeature>(found, 0, count).ToArray();

        void Add(bool isPresent, string name, bool isUsed)
        {
            if (isPresent)
            {
                found[count++] = new VirtualizationFeature(name, isUsed);
            }
        }
    }
}

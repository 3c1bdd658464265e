// SPDX-License-Identifier: MIT
using Hypervisor.Memory;
using Hypervisor.Platform;
using Hypervisor.X64;

namespace Hypervisor.Virtualization.Vmx;

/// <summary>The controls of the VMCS: what leaves the guest.</summary>
internal sealed partial class VmxVirtualCpu
{
    /// <summary>
    /// Pauses of a loop come this close together, in ticks of the TSC; so long may one last (SDM volume 3, 26.1.3).
    /// </summary>
    private const uint PauseLoopGap = 128;
    private const uint PauseLoopWindow = 4096;

    private const ulong NoLink = ulong.MaxValue;

    /// <summary>Of the TSC multiplier (SDM volume 3, 25.6.5).</summary>
    private const int MultiplierFractionBits = 48;

    private ProcessorControls _processorControls;

    /// <summary>
    /// RDTSC then multiplies first and adds the offset after that; RDTSC exiting is about RDTSCP too (26.1.3, 26.3).
    /// </summary>
    public override void ScaleTimestamp(ClockRatio ratio)
    {
        if (_vendor.CanScaleTimestamp(ratio))
        {
            uint secondary = _vmcs.Read(VmcsField32.SecondaryControls);
            _vmcs.Write(VmcsField32.SecondaryControls, secondary | (uint)SecondaryControls.TscScaling);
            _vmcs.Write(VmcsField64.TscMultiplier, ratio.Value << (MultiplierFractionBits - ClockRatio.FractionBits));
        }
        else
        {
            SetControl(ProcessorControls.RdtscExiting, true);
        }
    }

    private void InitializeControls()
    {
        VmxCapabilities capabilities = _vendor.Capabilities;
        bool hasShadow = capabilities.Has(ProcessorControls.TprShadow);
        ProcessorControls priority = (hasShadow ? ProcessorControls.None : ProcessorControls.Cr8StoreExiting)
            | (_vendor.DeliversInterrupts ? ProcessorControls.None : ProcessorControls.Cr8LoadExiting);
        _processorControls = (ProcessorControls)capabilities.Processor.Choose(
            (uint)(ProcessorControls.Required | priority), (uint)ProcessorControls.Optional);
        SecondaryControls delivery = _vendor.DeliversInterrupts
            ? SecondaryControls.ApicRegisters | SecondaryControls.InterruptDelivery
            : SecondaryControls.None;
        var secondary = (SecondaryControls)capabilities.Secondary.Choose(
            (uint)(SecondaryControls.Required | delivery), (uint)SecondaryControls.Optional);
        secondary = capabilities.HasVpid ? secondary : secondary & ~SecondaryControls.Vpid;
        PinControls posted = _vendor.PostsInterrupts ? PinControls.PostedInterrupts : PinControls.None;
        ExitControls acknowledge = _vendor.PostsInterrupts ? ExitControls.AcknowledgeInterrupt : ExitControls.None;
        uint pin = capabilities.Pin.Choose((uint)(PinControls.Required | posted), (uint)PinControls.Optional);
        _vmcs.Write(VmcsField32.PinControls, pin);
        _vmcs.Write(VmcsField32.ProcessorControls, (uint)_processorControls);
        _vmcs.Write(VmcsField32.SecondaryControls, (uint)secondary);
        _vmcs.Write(VmcsField32.ExitControls, capabilities.Exit.Choose((uint)(ExitControls.Required | acknowledge), 0));
        _vmcs.Write(VmcsField32.EntryControls, capabilities.Entry.Choose((uint)EntryControls.Required, 0));
        _vmcs.Write(VmcsField32.ExceptionBitmap, ExceptionVector.Intercepted);
        _vmcs.Write(VmcsField64.MsrBitmap, _msrs.Value);
        _vmcs.Write(VmcsField64.EptPointer, _eptPointer.Value);
        _vmcs.Write(VmcsField64.VmcsLinkPointer, NoLink);
        _vmcs.Write(VmcsFieldNatural.Cr0Mask, ~GuestOwnedCr0);
        _vmcs.Write(VmcsFieldNatural.Cr4Mask, ulong.MaxValue);
        if ((secondary & SecondaryControls.PauseLoopExiting) != 0)
        {
            _vmcs.Write(VmcsField32.PauseLoopGap, PauseLoopGap);
            _vmcs.Write(VmcsField32.PauseLoopWindow, PauseLoopWindow);
        }

        if ((secondary & SecondaryControls.Xsaves) != 0)
        {
            _vmcs.Write(VmcsField64.XssExitingBitmap, 0);
        }

        ClearUnusedFields();
    }

    /// <summary>A new VMCS has no defined contents (SDM volume 3, 25.11.3).</summary>
    private void ClearUnusedFields()
    {
        _vmcs.Write(VmcsField32.PageFaultErrorMask, 0);
        _vmcs.Write(VmcsField32.PageFaultErrorMatch, 0);
        _vmcs.Write(VmcsField32.Cr3TargetCount, 0);
        _vmcs.Write(VmcsField32.ExitMsrStoreCount, 0);
        _vmcs.Write(VmcsField32.ExitMsrLoadCount, 0);
        _vmcs.Write(VmcsField32.EntryMsrLoadCount, 0);
        _vmcs.Write(VmcsField32.EntryEvent, 0);
        _vmcs.Write(VmcsField32.EntryErrorCode, 0);
        _vmcs.Write(VmcsField32.EntryInstructionLength, 0);
        _vmcs.Write(VmcsField32.GuestActivity, 0);
        _vmcs.Write(VmcsField32.GuestInterruptibility, 0);
        _vmcs.Write(VmcsField64.GuestDebugControl, 0);
        _vmcs.Write(VmcsFieldNatural.GuestPendingDebug, 0);
        _vmcs.Write(VmcsField64.TscOffset, 0);
        WritePageDirectoryPointers(0, 0, 0, 0);
    }

    private void SetControl(ProcessorControls bit, bool isOn)
    {
        ProcessorControls changed = isOn ? _processorControls | bit : _processorControls & ~bit;
        if (changed != _processorControls)
        {
            _processorControls = changed;
            _vmcs.Write(VmcsField32.ProcessorControls, (uint)changed);
        }
    }
}

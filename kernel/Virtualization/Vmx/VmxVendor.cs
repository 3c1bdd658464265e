// SPDX-License-Identifier: MIT
using System;
using Hypervisor.Memory;
using Hypervisor.Platform;
using Hypervisor.X64;

namespace Hypervisor.Virtualization.Vmx;

/// <summary>VT-x: found and switched on (SDM volume 3, 24.6 to 24.8), and its capabilities.</summary>
public sealed class VmxVendor : VirtualizationVendor
{
    private const uint VmxBit = 1 << 5;
    private const uint StructuredLeaf = 7;
    private const uint ExtendedLeaf = 0x8000_0001;
    private const uint RdtscpBit = 1 << 27;
    private const uint ClearBuffersBit = 1 << 10;
    private const uint PredictionBit = 1 << 26;
    private const uint FlushBit = 1 << 28;
    private const uint ArchitecturalBit = 1 << 29;
    private const ulong MdsNo = 1 << 5;
    private const ulong TaaNo = 1 << 8;
    private const ulong ClearsFillBuffers = 1 << 17;
    private const ulong ClearsRegisterFile = 1 << 28;
    private const ulong NoCacheLeak = (1 << 0) | (1 << 3);

    /// <summary>The TSC multiplier has 16 bits and 48 of fraction (SDM volume 3, 25.6.5), the ratio 32.</summary>
    private const int TimestampRatioBits = 48;

    private readonly VmxCapabilities? _capabilities;
    private readonly VirtualizationFeature[] _features = [];
    private MsrBitmap? _msrs;
    private MsrBitmap? _apicMsrs;

    /// <param name="mayDeliver">Virtual-interrupt delivery is used where the processor has it.</param>
    /// <param name="mayPost">The same for posted interrupts.</param>
    public VmxVendor(bool mayDeliver = true, bool mayPost = true)
    {
        if ((Instructions.Cpuid(1).Ecx & VmxBit) == 0)
        {
            return;
        }

        _capabilities = new VmxCapabilities();
        DeliversInterrupts = mayDeliver && _capabilities.HasVirtualApic;
        PostsInterrupts = mayPost && DeliversInterrupts && _capabilities.HasPostedInterrupts;
        _features = VmxFeatures.List(_capabilities, DeliversInterrupts, PostsInterrupts);
        uint structured = Instructions.Cpuid(0).Eax >= StructuredLeaf ? Instructions.Cpuid(StructuredLeaf).Edx : 0;
        bool hasRdtscp = (Instructions.Cpuid(ExtendedLeaf).Edx & RdtscpBit) != 0;
        HasTscAux = hasRdtscp && _capabilities.Has(SecondaryControls.Rdtscp);
        SpeculationMask = ((structured >> 26) & 1) | ((structured >> 26) & 2) | ((structured >> 29) & 4);
        HasPredictionBarrier = (structured & PredictionBit) != 0;
        bool hasImmunities = (structured & ArchitecturalBit) != 0;
        ulong immunities = hasImmunities ? Instructions.ReadMsr(Msr.ArchitecturalCapabilities) : 0;
        FlushesCache = (structured & FlushBit) != 0 && (immunities & NoCacheLeak) == 0;
        bool isImmune = (immunities & (MdsNo | TaaNo)) == (MdsNo | TaaNo)
            && (immunities & (ClearsFillBuffers | ClearsRegisterFile)) == 0;
        bool leaksBuffers = (structured & ClearBuffersBit) != 0 && !isImmune;
        EntryWork = (leaksBuffers ? EntryWork.ClearBuffers : EntryWork.None)
            | (HasPredictionBarrier ? EntryWork.FillReturnStack : EntryWork.None);
    }

    public override string Name => "VT-x";

    public override ReadOnlySpan<VirtualizationFeature> Features => _features;

    public override bool HasTscAux { get; }

    public override ulong SpeculationMask { get; }

    public override bool HasPredictionBarrier { get; }

    public override bool HasInvpcid => Capabilities.Has(SecondaryControls.Invpcid);

    public override bool HasXsaves => Capabilities.Has(SecondaryControls.Xsaves);

    /// <summary>The processor takes guests' interrupts out of their local APIC's page.</summary>
    internal bool DeliversInterrupts { get; }

    /// <summary>Interrupts come into a running guest without an exit.</summary>
    internal bool PostsInterrupts { get; }

    /// <summary>Only where there is VMX.</summary>
    internal VmxCapabilities Capabilities => _capabilities!;

    /// <summary>What every entry and exit does on this processor against leaks and foreign predictions.</summary>
    internal EntryWork EntryWork { get; }

    /// <summary>The first-level data cache is flushed when another vCPU comes (L1 terminal fault).</summary>
    internal bool FlushesCache { get; }

    public override string? FindObstacle()
    {
        if (_capabilities == null)
        {
            return "This processor has no VT-x (VMX).";
        }

        var control = new FeatureControl(Instructions.ReadMsr(Msr.FeatureControl));
        if (control.IsLocked && !control.VmxOutsideSmx)
        {
            return "VT-x is switched off by the firmware: "
                + "enable \"Intel Virtualization Technology\" in the BIOS set-up (Advanced, CPU).";
        }

        return _capabilities.FindMissing() ?? (ExtendedState.IsPresent ? null : "This processor has no XSAVE.");
    }

    public override bool CanScaleTimestamp(ClockRatio ratio) =>
        Capabilities.Has(SecondaryControls.TscScaling) && ratio.Value >> TimestampRatioBits == 0;

    public override ProcessorVirtualization? TryEnable(FrameAllocator frames, Processor processor)
    {
        _msrs ??= MsrBitmap.TryCreate(frames);
        _apicMsrs ??= MsrBitmap.TryCreateForX2Apic(frames);
        if (_msrs == null || _apicMsrs == null
            || !frames.TryAllocateFrame(FrameKind.Kernel, FrameAllocator.Host, out HostPhysical region))
        {
            return null;
        }

        EnableExtendedState();
        var control = new FeatureControl(Instructions.ReadMsr(Msr.FeatureControl));
        if (!control.IsLocked)
        {
            Instructions.WriteMsr(Msr.FeatureControl, (control with { IsLocked = true, VmxOutsideSmx = true }).Value);
        }

        ulong cr0 = (Instructions.ReadCr0() | Capabilities.Cr0Fixed0) & Capabilities.Cr0Fixed1;
        Instructions.WriteCr0(cr0);
        var cr4 = new Cr4((Instructions.ReadCr4() | Capabilities.Cr4Fixed0) & Capabilities.Cr4Fixed1);
        Instructions.WriteCr4((cr4 with { VmxEnable = true }).Value);
        var page = new TablePage(region);
        page.Clear();
        page[0] = Capabilities.Basic.Revision;
        return VmxInstructions.TryStart(region.Value) ? new VmxProcessor(processor) : null;
    }

    public override VirtualCpu? TryCreateCpu(
        int index, GuestMap map, CpuidModel cpuid, FrameAllocator frames, int owner)
    {
        if (!frames.TryAllocateFrame(FrameKind.Region, owner, out HostPhysical vmcs))
        {
            return null;
        }

        if (!frames.TryAllocateFrame(FrameKind.Region, owner, out HostPhysical posted))
        {
            _ = frames.FreeFrame(vmcs);
            return null;
        }

        var control = new VmxControl(vmcs, posted, _msrs!.Address, _apicMsrs!.Address);
        return new VmxVirtualCpu(index, this, map, cpuid, in control);
    }

    public override GuestMap? TryCreateMap(TableFrames frames)
    {
        int largest = Capabilities.Ept.Pages1G ? 3 : Capabilities.Ept.Pages2M ? 2 : 1;
        if (!frames.TryAllocate(out TablePage root))
        {
            return null;
        }

        var map = new NestedPageTable<EptFormat>(frames, root, largest);
        var apic = new GuestPhysical(ApicBase.ResetAddress);
        if (!DeliversInterrupts || map.TryAddPage(apic, GuestAccess.Read | GuestAccess.Write))
        {
            return map;
        }

        map.Free();
        return null;
    }
}

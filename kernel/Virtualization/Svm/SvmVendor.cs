// SPDX-License-Identifier: MIT
using System;
using Hypervisor.Memory;
using Hypervisor.Platform;
using Hypervisor.X64;

namespace Hypervisor.Virtualization.Svm;

/// <summary>AMD-V: found and switched on (APM volume 2, 15.4), and its capabilities.</summary>
public sealed class SvmVendor : VirtualizationVendor
{
    private const uint FeatureLeaf = 0x8000_000A;
    private const uint ExtendedLeaf = 0x8000_0001;
    private const uint SvmBit = 1 << 2;
    private const uint RdtscpBit = 1 << 27;
    private const uint Page1GBit = 1 << 26;
    private const uint SpeculationLeaf = 0x8000_0008;
    private const uint IbpbBit = 1 << 12;
    private const ulong VmControlDisable = 1 << 4;
    private const uint HypervisorLeaf = 0x4000_0000;
    private const uint HypervisorBit = 1u << 31;
    private const uint TcgSignature = 0x54474354;

    /// <summary>Of TSC_RATIO, which has 8 bits and 32 of fraction (APM volume 2, 15.30.5).</summary>
    private const int TimestampRatioBits = 40;

    private readonly bool _hasSvm;
    private readonly VirtualizationFeature[] _features = [];
    private PermissionMap? _permissions;

    public SvmVendor()
    {
        _hasSvm = Instructions.Cpuid(0x8000_0000).Eax >= FeatureLeaf
            && (Instructions.Cpuid(ExtendedLeaf).Ecx & SvmBit) != 0;
        if (!_hasSvm)
        {
            return;
        }

        CpuidResult features = Instructions.Cpuid(FeatureLeaf);
        CpuidResult extended = Instructions.Cpuid(ExtendedLeaf);
        uint speculation = Instructions.Cpuid(SpeculationLeaf).Ebx;
        Svm = new SvmFeatures(features.Edx);
        _features = Svm.List();
        AsidCount = features.Ebx;
        HasTscAux = (extended.Edx & RdtscpBit) != 0;
        LargestLeaf = (extended.Edx & Page1GBit) != 0 ? 3 : 2;
        SpeculationMask = ((speculation >> 14) & 1) | ((speculation >> 14) & 2) | ((speculation >> 22) & 4);
        HasPredictionBarrier = (speculation & IbpbBit) != 0;
        IsTcg = (Instructions.Cpuid(1).Ecx & HypervisorBit) != 0
            && Instructions.Cpuid(HypervisorLeaf).Ebx == TcgSignature;
    }

    public override string Name => "AMD-V";

    public override bool HasTscAux { get; }

    internal SvmFeatures Svm { get; }

    public override ReadOnlySpan<VirtualizationFeature> Features => _features;

    /// <summary>Address-space identifiers per processor, the host's among them.</summary>
    public uint AsidCount { get; }

    /// <summary>The level of the largest page of nested tables.</summary>
    public int LargestLeaf { get; }

    public override ulong SpeculationMask { get; }

    public override bool HasPredictionBarrier { get; }

    /// <summary>
    /// QEMU's translator, before 8.0, takes an operand of an earlier instruction for the flags that CMPXCHG16B leaves.
    /// An exit right after it saves them and VMRUN loads all of them: Linux then dies of a stray TF, or of a stray NT
    /// at its first IRET. The instruction cannot be intercepted, so guests are not offered it.
    /// </summary>
    public override bool HasSoundCompareExchange16 => !IsTcg;

    /// <summary>
    /// The processor is QEMU's translator, whose TR must not look busy and which leaves a guest's breakpoints armed at
    /// exits.
    /// </summary>
    public bool IsTcg { get; }

    /// <summary>
    /// VMRUN does not load the interrupt shadow from the VMCB: QEMU's translator before 10.0. What is done about it is
    /// right for later versions too.
    /// </summary>
    public bool ForgetsShadow => IsTcg;

    /// <summary>
    /// An interrupt injected by EVENTINJ may come twice: QEMU's translator keeps it as an exception that is still to be
    /// delivered, and delivers it once more, IF or not, when another thread of QEMU asks this processor to look up
    /// before the guest exits or faults (7.2, and as far as its source was read in 2026). Virtual interrupts come once.
    /// </summary>
    public bool InjectsTwice => IsTcg;

    public override string? FindObstacle()
    {
        if (!_hasSvm)
        {
            return "This processor has no AMD-V (SVM).";
        }

        Efer efer = new(Instructions.ReadMsr(Msr.Efer));
        if (!efer.SvmEnable
            && (Instructions.ReadMsr(Msr.VirtualizationConfiguration) & VmControlDisable) != 0)
        {
            return "AMD-V is switched off by the firmware: enable \"SVM Mode\" in the BIOS set-up (Advanced, CPU).";
        }

        if (!Svm.NestedPaging)
        {
            return "This processor's AMD-V has no nested paging (in QEMU: -cpu with +npt).";
        }

        return ExtendedState.IsPresent ? null : "This processor has no XSAVE.";
    }

    public override bool CanScaleTimestamp(ClockRatio ratio) =>
        Svm.TimestampRatio && ratio.Value >> TimestampRatioBits == 0;

    public override ProcessorVirtualization? TryEnable(FrameAllocator frames, Processor processor)
    {
        _permissions ??= PermissionMap.TryCreate(frames);
        if (_permissions == null
            || !frames.TryAllocateFrame(FrameKind.Kernel, FrameAllocator.Host, out HostPhysical hostSave)
            || !frames.TryAllocateFrame(FrameKind.Kernel, FrameAllocator.Host, out HostPhysical saved))
        {
            return null;
        }

        EnableExtendedState();
        Efer efer = new(Instructions.ReadMsr(Msr.Efer));
        Instructions.WriteMsr(Msr.Efer, (efer with { SvmEnable = true }).Value);
        Instructions.WriteMsr(Msr.SvmHostSave, hostSave.Value);
        return new SvmProcessor(processor, saved, AsidCount);
    }

    public override VirtualCpu? TryCreateCpu(int index, GuestMap map, CpuidModel cpuid, FrameAllocator frames,
        int owner)
    {
        if (!frames.TryAllocateFrame(FrameKind.Region, owner, out HostPhysical frame))
        {
            return null;
        }

        var control = new SvmControl(frame, _permissions!.Ports, _permissions.Msrs);
        return new SvmVirtualCpu(index, this, map, cpuid, in control);
    }

    public override GuestMap? TryCreateMap(TableFrames frames) =>
        frames.TryAllocate(out TablePage root) ? new NestedPageTable<NptFormat>(frames, root, LargestLeaf) : null;
}

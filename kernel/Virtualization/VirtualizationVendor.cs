// SPDX-License-Identifier: MIT
using System;
using Hypervisor.Memory;
using Hypervisor.Platform;
using Hypervisor.X64;

namespace Hypervisor.Virtualization;

/// <summary>
/// One of the two hardware virtualizations, chosen once at boot: switching it on, what it can
/// do, and the objects of its kind.
/// </summary>
public abstract class VirtualizationVendor
{
    /// <summary>For the boot log: "AMD-V", "VT-x".</summary>
    public abstract string Name { get; }

    /// <summary>The parts of XSAVE that guests get.</summary>
    public ExtendedStateModel ExtendedState { get; } = new();

    /// <summary>The optional parts of it that this machine has, for people.</summary>
    public virtual ReadOnlySpan<VirtualizationFeature> Features => default;

    /// <summary>The processor has the TSC_AUX register (RDTSCP or RDPID).</summary>
    public abstract bool HasTscAux { get; }

    /// <summary>The processor has SPEC_CTRL, and guests may.</summary>
    public bool HasSpeculationControl => SpeculationMask != 0;

    /// <summary>The bits of SPEC_CTRL that the processor has: IBRS, STIBP, SSBD from bit 0 up.</summary>
    public virtual ulong SpeculationMask => 0;

    /// <summary>The processor has PRED_CMD with IBPB, and guests may.</summary>
    public abstract bool HasPredictionBarrier { get; }

    /// <summary>A guest can execute INVPCID, where CPUID reports it.</summary>
    public virtual bool HasInvpcid => true;

    /// <summary>A guest can execute XSAVES and XRSTORS, where CPUID reports them; IA32_XSS stays 0.</summary>
    public virtual bool HasXsaves => false;

    /// <summary>CMPXCHG16B, where CPUID has it, does what the manuals say, and guests may use it.</summary>
    public virtual bool HasSoundCompareExchange16 => true;

    /// <summary>
    /// Why this machine cannot run guests, as a sentence that names what to change; null where it can. Asked on the
    /// boot processor before anything else.
    /// </summary>
    public abstract string? FindObstacle();

    /// <summary>The processor itself can give a guest a TSC that runs so much faster than its own.</summary>
    public virtual bool CanScaleTimestamp(ClockRatio ratio) => false;

    /// <summary>
    /// Switches virtualization on, on the processor that runs this; null where memory has run out or the processor
    /// refuses.
    /// </summary>
    public abstract ProcessorVirtualization? TryEnable(FrameAllocator frames, Processor processor);

    /// <summary>Makes a vCPU that runs in the given nested address space; null where memory has run out.</summary>
    public abstract VirtualCpu? TryCreateCpu(int index, GuestMap map, CpuidModel cpuid, FrameAllocator frames,
        int owner);

    /// <summary>An empty nested address space; null where memory has run out.</summary>
    public abstract GuestMap? TryCreateMap(TableFrames frames);

    /// <summary>CR4.OSXSAVE on the processor that runs this: XCR0 and XSAVE are switched with the vCPUs.</summary>
    protected static void EnableExtendedState()
    {
        var control = new Cr4(Instructions.ReadCr4());
        Instructions.WriteCr4((control with { XsaveEnable = true }).Value);
    }
}

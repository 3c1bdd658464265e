// SPDX-License-Identifier: MIT
using System;
using Hypervisor.X64;

namespace Hypervisor.Virtualization.Svm;

/// <summary>CPUID Fn8000_000A_EDX: what this processor's SVM can do.</summary>
[Register(typeof(uint))]
public readonly partial struct SvmFeatures
{
    private const int Most = 10;

    [Bit(0)]
    public partial bool NestedPaging { get; init; }

    [Bit(1)]
    public partial bool BranchRecords { get; init; }

    [Bit(2)]
    public partial bool Lock { get; init; }

    /// <summary>NRIPS: the next RIP is saved at exits.</summary>
    [Bit(3)]
    public partial bool NextRip { get; init; }

    [Bit(4)]
    public partial bool TimestampRatio { get; init; }

    [Bit(5)]
    public partial bool CleanBits { get; init; }

    [Bit(6)]
    public partial bool FlushByAsid { get; init; }

    [Bit(7)]
    public partial bool DecodeAssists { get; init; }

    [Bit(10)]
    public partial bool PauseFilter { get; init; }

    [Bit(13)]
    public partial bool Avic { get; init; }

    [Bit(16)]
    public partial bool VirtualGlobalInterrupt { get; init; }

    [Bit(20)]
    public partial bool SpeculationControl { get; init; }

    /// <summary>The optional features that are there, in use or not.</summary>
    public VirtualizationFeature[] List()
    {
        var found = new VirtualizationFeature[Most];
        int count = 0;
        Add(NextRip, "next RIP at exits", true);
        Add(CleanBits, "VMCB clean bits", true);
        Add(FlushByAsid, "flush by ASID", true);
        Add(TimestampRatio, "TSC ratio", true);
        Add(DecodeAssists, "decode assists", false);
        Add(PauseFilter, "pause filter", true);
        Add(Avic, "AVIC", false);
        Add(VirtualGlobalInterrupt, "virtual GIF", false);
        Add(BranchRecords, "branch record virtualization", false);
        Add(SpeculationControl, "virtual SPEC_CTRL", false);
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

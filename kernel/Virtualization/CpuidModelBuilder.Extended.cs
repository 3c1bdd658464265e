// SPDX-License-Identifier: MIT
using Hypervisor.X64;

namespace Hypervisor.Virtualization;

/// <summary>The extended leaves, which are AMD's first of all.</summary>
public sealed partial class CpuidModelBuilder
{
    private const uint ExtendedBase = 0x8000_0000;
    private const uint BrandFirst = ExtendedBase + 2;
    private const uint InvariantTimestamp = 1 << 8;
    private const uint LastCommonLeaf = ExtendedBase + 8;

    private void AddExtended()
    {
        CpuidResult vendor = _host.Read(ExtendedBase);
        bool isAmd = _host.Vendor == ProcessorVendor.Amd;
        uint last = System.Math.Min(vendor.Eax, isAmd ? LastExtendedLeaf : LastCommonLeaf);
        Add(ExtendedBase, new CpuidResult(last, vendor.Ebx, vendor.Ecx, vendor.Edx));
        AddExtendedFeatures(isAmd);
        for (uint leaf = BrandFirst; leaf < BrandFirst + 3; leaf++)
        {
            Add(leaf, _host.Read(leaf));
        }

        Add(ExtendedBase + 5, _host.Read(ExtendedBase + 5));
        Add(ExtendedBase + 6, _host.Read(ExtendedBase + 6));
        bool isInvariant = _policy.HasStableTimestamp && _host.HasInvariantTimestamp;
        Add(ExtendedBase + 7, new CpuidResult(0, 0, 0, Choose(isInvariant, InvariantTimestamp)));
        AddAddressSizes();
        if (isAmd)
        {
            AddAmdLeaves(last);
        }
    }

    private void AddExtendedFeatures(bool isAmd)
    {
        CpuidResult host = _host.Read(ExtendedBase + 1);
        uint ecx = (host.Ecx & OfferedEcxExtended1) | Choose(isAmd && CpuCount > 1, CompatibleLegacy);
        ecx &= ~Choose(!HasAvx, AvxEcxExtended1);
        uint edx = host.Edx & (OfferedEdxExtended1 | (isAmd ? OfferedEdx1 & SharedEdx : 0));
        edx &= ~Choose(!_vendor.HasTscAux, RdtscpBit);
        Add(ExtendedBase + 1, new CpuidResult(host.Eax, host.Ebx, ecx, edx));
    }

    private void AddAddressSizes()
    {
        CpuidResult host = _host.Read(ExtendedBase + 8);
        uint ebx = host.Ebx & OfferedEbxExtended8;
        if (_vendor.HasSpeculationControl)
        {
            ebx |= host.Ebx & SpeculationEbxExtended8;
        }

        if (_vendor.HasPredictionBarrier)
        {
            ebx |= host.Ebx & PredictionBarrierBit;
        }

        const uint FourLevelLinear = 48;
        uint eax = (host.Eax & 0xFF) | (FourLevelLinear << 8);
        Add(ExtendedBase + 8, new CpuidResult(eax, ebx, (CpuCount - 1) | (CpuBits << 12), 0));
    }

    private void AddAmdLeaves(uint last)
    {
        Add(ExtendedBase + 0x19, _host.Read(ExtendedBase + 0x19));
        Add(ExtendedBase + 0x1A, _host.Read(ExtendedBase + 0x1A));
        for (uint subleaf = 0; subleaf < 4 && last >= ExtendedBase + 0x1D; subleaf++)
        {
            CpuidResult cache = _host.Read(ExtendedBase + 0x1D, subleaf);
            uint level = (cache.Eax >> 5) & 7;
            uint sharing = level >= 3 ? CpuCount - 1 : 0;
            uint eax = (cache.Eax & ~0x03FF_C000u) | (sharing << 14);
            AddSub(ExtendedBase + 0x1D, subleaf, new CpuidResult(eax, cache.Ebx, cache.Ecx, cache.Edx));
        }

        // One thread per core, one node.
        Add(ExtendedBase + 0x1E, default, CpuidVariable.ExtendedTopology);
        uint second = _host.Read(ExtendedBase + 0x21).Eax & OfferedEaxExtended21;
        Add(ExtendedBase + 0x21, new CpuidResult(second, 0, 0, 0));
    }
}

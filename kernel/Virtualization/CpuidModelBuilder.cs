// SPDX-License-Identifier: MIT
using System.Numerics;
using Hypervisor.X64;

namespace Hypervisor.Virtualization;

/// <summary>
/// Computes a VM's CPUID from the machine's: what is virtualized stays, what is not goes, and the hypervisor's own
/// leaves come (APM volume 3, appendix E; SDM volume 2, CPUID).
/// </summary>
public sealed partial class CpuidModelBuilder
{
    private const int MostEntries = 96;
    private const uint LastBasicLeaf = 0x16;
    private const uint LastExtendedLeaf = 0x8000_0021;
    private const uint ThreadsShift = 16;
    private const uint LogicalCountLimit = 255;

    private readonly VirtualizationVendor _vendor;
    private readonly CpuidPolicy _policy;
    private readonly ProcessorFeatures _host = new();
    private readonly CpuidEntry[] _entries = new CpuidEntry[MostEntries];
    private int _count;

    private CpuidModelBuilder(VirtualizationVendor vendor, CpuidPolicy policy)
    {
        _vendor = vendor;
        _policy = policy;
    }

    /// <summary>The model for one VM on this machine.</summary>
    public static CpuidModel Build(VirtualizationVendor vendor, CpuidPolicy policy)
    {
        var builder = new CpuidModelBuilder(vendor, policy);
        builder.AddBasic();
        builder.AddHypervisor();
        builder.AddExtended();
        return new CpuidModel(new System.ReadOnlySpan<CpuidEntry>(builder._entries, 0, builder._count));
    }

    private ulong States => _vendor.ExtendedState.Allowed;

    private bool HasAvx => (States & ExtendedStateModel.Avx) != 0;

    private bool HasAvx512 => (States & ExtendedStateModel.Avx512) != 0;

    private bool HasKeys => (States & ExtendedStateModel.ProtectionKeys) != 0;

    private uint CpuCount => (uint)_policy.CpuCount;

    /// <summary>Bits of an APIC identifier that number the vCPUs.</summary>
    private uint CpuBits => (uint)BitOperations.Log2((CpuCount * 2) - 1);

    private void AddBasic()
    {
        CpuidResult vendor = _host.Read(0);
        Add(0, new CpuidResult(LastBasicLeaf, vendor.Ebx, vendor.Ecx, vendor.Edx));
        AddFeatures();
        if (_host.Vendor == ProcessorVendor.Intel)
        {
            Add(2, _host.Read(2));
            AddIntelCaches();
        }

        Add(6, new CpuidResult(AlwaysRunningApicTimer, 0, 0, 0));
        AddStructuredFeatures();
        AddTopology(0xB);
        AddExtendedState();
        AddTimestamp();
    }

    private void AddFeatures()
    {
        CpuidResult host = _host.Read(1);
        uint ecx = (host.Ecx & OfferedEcx1) | HypervisorBit
            | Choose(_policy.HasX2Apic, X2ApicBit)
            | Choose(_policy.HasTimestampDeadline, TimestampDeadlineBit);
        ecx &= ~(Choose(!HasAvx, AvxEcx1) | Choose(!_vendor.HasSoundCompareExchange16, CompareExchange16Bit));
        uint ebx = (host.Ebx & 0xFF00) | (System.Math.Min(CpuCount, LogicalCountLimit) << (int)ThreadsShift);
        uint edx = (host.Edx & OfferedEdx1) | Choose(CpuCount > 1, HyperThreadingBit);
        Add(1, new CpuidResult(host.Eax, ebx, ecx, edx), CpuidVariable.Features);
    }

    private void AddStructuredFeatures()
    {
        CpuidResult host = _host.Read(7);
        uint ebx = (host.Ebx & OfferedEbx7) | TscAdjustBit;
        uint ecx = host.Ecx & OfferedEcx7;
        uint edx = host.Edx & OfferedEdx7;
        if (!HasAvx)
        {
            ebx &= ~Avx2Bit;
            ecx &= ~AvxEcx7;
        }

        if (!HasAvx512)
        {
            ebx &= ~Avx512Ebx7;
            ecx &= ~Avx512Ecx7;
            edx &= ~Avx512Edx7;
        }

        if (!HasKeys)
        {
            ecx &= ~ProtectionKeysBit;
        }

        ebx &= ~Choose(!_vendor.HasInvpcid, InvpcidBit);
        ecx &= ~Choose(!_vendor.HasTscAux, RdpidBit);
        if (_vendor.HasSpeculationControl)
        {
            edx |= host.Edx & SpeculationEdx7;
        }

        AddSub(7, 0, new CpuidResult(0, ebx, ecx, edx), CpuidVariable.StructuredFeatures);
    }

    /// <summary>Leaf 4 of Intel: the host's caches, shared by no more vCPUs than there are.</summary>
    private void AddIntelCaches()
    {
        for (uint subleaf = 0; subleaf < 5; subleaf++)
        {
            CpuidResult host = _host.Read(4, subleaf);
            if ((host.Eax & 0x1F) == 0)
            {
                break;
            }

            uint level = (host.Eax >> 5) & 7;
            uint sharing = level >= 3 ? CpuCount - 1 : 0;
            uint eax = (host.Eax & 0x3FFF) | (sharing << 14) | ((CpuCount - 1) << 26);
            AddSub(4, subleaf, new CpuidResult(eax, host.Ebx, host.Ecx, host.Edx));
        }
    }

    /// <summary>One thread per core, all cores in one package.</summary>
    private void AddTopology(uint leaf)
    {
        const uint ThreadLevel = 1;
        const uint CoreLevel = 2;
        AddSub(leaf, 0, new CpuidResult(0, 1, ThreadLevel << 8, 0), CpuidVariable.Topology);
        AddSub(leaf, 1, new CpuidResult(CpuBits, CpuCount, (CoreLevel << 8) | 1, 0), CpuidVariable.Topology);
        AddSub(leaf, 2, new CpuidResult(0, 0, 2, 0), CpuidVariable.Topology);
    }

    private void AddExtendedState()
    {
        const uint Leaf = 0xD;
        uint size = _vendor.ExtendedState.Size;
        var main = new CpuidResult((uint)States, size, size, (uint)(States >> 32));
        AddSub(Leaf, 0, in main, CpuidVariable.StateSize);
        uint instructions = _host.Read(Leaf, 1).Eax & (OfferedXsave | Choose(_vendor.HasXsaves, XsavesBit));
        AddSub(Leaf, 1, new CpuidResult(instructions, 0, 0, 0), CpuidVariable.CompactedSize);
        for (uint component = 2; component < 10; component++)
        {
            if (((States >> (int)component) & 1) != 0)
            {
                AddSub(Leaf, component, _host.Read(Leaf, component));
            }
        }
    }

    /// <summary>
    /// Leaf 15h: TSC rate = crystal * EBX / EAX, with the APIC timer's rate as the crystal; leaf 16h in MHz.
    /// </summary>
    private void AddTimestamp()
    {
        if (_policy.TimestampFrequency == 0)
        {
            return;
        }

        const uint Thousand = 1000;
        uint crystal = (uint)_policy.ApicFrequency;
        uint kilohertz = (uint)(_policy.TimestampFrequency / Thousand);
        Add(0x15, new CpuidResult(crystal / Thousand, kilohertz, crystal, 0));
        uint megahertz = kilohertz / Thousand;
        Add(0x16, new CpuidResult(megahertz, megahertz, 100, 0));
    }

    private void AddHypervisor()
    {
        const uint Base = 0x4000_0000;
        const uint TimingLeaf = 0x4000_0010;
        Add(Base, new CpuidResult(TimingLeaf, 0x4B4D_564B, 0x564B_4D56, 0x0000_004D));
        uint features = NoIoDelay
            | Choose(_policy.HasParavirtualClock, ClockSource2)
            | Choose(_policy.HasParavirtualClock && _policy.HasStableTimestamp, ClockSourceStable);
        Add(Base + 1, new CpuidResult(features, 0, 0, 0));
        uint timestamp = (uint)(_policy.TimestampFrequency / 1000);
        Add(TimingLeaf, new CpuidResult(timestamp, (uint)(_policy.ApicFrequency / 1000), 0, 0));
    }

    private static uint Choose(bool condition, uint bits) => condition ? bits : 0;

    private void Add(uint leaf, in CpuidResult result, CpuidVariable variable = CpuidVariable.None) =>
        _entries[_count++] = new CpuidEntry(leaf, 0, false, in result, variable);

    private void AddSub(uint leaf, uint subleaf, in CpuidResult result, CpuidVariable variable = CpuidVariable.None) =>
        _entries[_count++] = new CpuidEntry(leaf, subleaf, true, in result, variable);
}

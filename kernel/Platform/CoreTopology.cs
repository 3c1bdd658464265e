// SPDX-License-Identifier: MIT
using Hypervisor.X64;

namespace Hypervisor.Platform;

/// <summary>
/// Which processors are threads of one core: their APIC numbers differ in the lowest bits only (CPUID leaf 0Bh: SDM
/// volume 3, 8.9.1; leaf 8000_001Eh: APM volume 3, E.4.17).
/// </summary>
public static class CoreTopology
{
    private const uint TopologyLeaf = 0xb;
    private const uint ExtendedLeaf = 0x8000_0001;
    private const uint CoreLeaf = 0x8000_001e;
    private const uint TopologyExtensions = 1 << 22;

    /// <summary>For each processor that runs, whether it is the first of its core's threads.</summary>
    public static bool[] FindFirstThreads(ProcessorList processors)
    {
        int bits = ThreadBits();
        var isFirst = new bool[processors.Count];
        foreach (Processor processor in processors.Running)
        {
            isFirst[processor.Index] = true;
            foreach (Processor earlier in processors.Running[..processor.Index])
            {
                isFirst[processor.Index] &= earlier.ApicId >> bits != processor.ApicId >> bits;
            }
        }

        return isFirst;
    }

    /// <summary>How many of the lowest bits of an APIC number count the threads of a core.</summary>
    internal static int ThreadBits()
    {
        if (Instructions.Cpuid(0).Eax >= TopologyLeaf && Instructions.Cpuid(TopologyLeaf) is { Ebx: not 0 } first)
        {
            return (int)(first.Eax & 0x1f);
        }

        bool hasCores = Instructions.Cpuid(0x8000_0000).Eax >= CoreLeaf
            && (Instructions.Cpuid(ExtendedLeaf).Ecx & TopologyExtensions) != 0;
        int threads = hasCores ? (int)((Instructions.Cpuid(CoreLeaf).Ebx >> 8) & 0xff) + 1 : 1;
        int bits = 0;
        while (1 << bits < threads)
        {
            bits++;
        }

        return bits;
    }
}

// SPDX-License-Identifier: MIT
using Hypervisor.X64;

namespace Hypervisor.Virtualization;

/// <summary>One row of a VM's CPUID table.</summary>
public readonly struct CpuidEntry
{
    public readonly uint Leaf;
    public readonly uint Subleaf;

    /// <summary>False where ECX does not matter.</summary>
    public readonly bool HasSubleaves;

    /// <summary>What is not the same for all vCPUs and at all times.</summary>
    public readonly CpuidVariable Variable;
    public readonly CpuidResult Result;

    public CpuidEntry(uint leaf, uint subleaf, bool hasSubleaves, in CpuidResult result, CpuidVariable variable)
    {
        Leaf = leaf;
        Subleaf = subleaf;
        HasSubleaves = hasSubleaves;
        Result = result;
        Variable = variable;
    }
}

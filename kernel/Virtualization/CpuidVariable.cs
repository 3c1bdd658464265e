// SPDX-License-Identifier: MIT
namespace Hypervisor.Virtualization;

/// <summary>The parts of CPUID that depend on the vCPU or on its present state.</summary>
public enum CpuidVariable : byte
{
    None,

    /// <summary>Leaf 1: the APIC identifier in EBX, OSXSAVE in ECX.</summary>
    Features,

    /// <summary>Leaf 7: OSPKE in ECX.</summary>
    StructuredFeatures,

    /// <summary>Leaf Dh, subleaf 0: the size for the present XCR0 in EBX.</summary>
    StateSize,

    /// <summary>Leaf Dh, subleaf 1: the compacted size for the present XCR0 in EBX.</summary>
    CompactedSize,

    /// <summary>Leaves Bh and 1Fh: the APIC identifier in EDX.</summary>
    Topology,

    /// <summary>Leaf 8000001Eh: the APIC identifier in EAX, the core in EBX.</summary>
    ExtendedTopology,
}

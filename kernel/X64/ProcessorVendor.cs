// SPDX-License-Identifier: MIT
namespace Hypervisor.X64;

/// <summary>Who made the processor, as far as it matters: which kind of virtualization it has.</summary>
public enum ProcessorVendor
{
    Other,
    Amd,
    Intel,
}

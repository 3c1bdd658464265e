// SPDX-License-Identifier: MIT
using Hypervisor.Platform;

namespace Hypervisor.Virtualization.Vmx;

/// <summary>One real processor in VMX operation.</summary>
internal sealed class VmxProcessor : ProcessorVirtualization
{
    /// <summary>VPIDs are 16 bits wide (SDM volume 3, 25.6.12).</summary>
    private const uint VpidCount = 1 << 16;

    public VmxProcessor(Processor processor)
        : base(processor)
    {
    }

    /// <summary>The physical address of the current VMCS, as VMPTRST would tell it.</summary>
    public ulong CurrentVmcs { get; set; } = VmxInstructions.NoPointer;

    public TagAllocator Vpids { get; } = new(VpidCount);
}

// SPDX-License-Identifier: MIT
using Hypervisor.Memory;
using Hypervisor.Platform;
using Hypervisor.Virtualization.Emulation;

namespace Hypervisor.Virtualization;

/// <summary>
/// One real processor with its virtualization switched on: what the vCPUs that run on it share. Made at boot by the
/// vendor, on that processor; touched by that processor only.
/// </summary>
public abstract class ProcessorVirtualization
{
    protected ProcessorVirtualization(Processor processor)
    {
        Processor = processor;
    }

    /// <summary>The processor itself.</summary>
    public Processor Processor { get; }

    /// <summary>The instruction decoder of this processor, made at boot with all its tables.</summary>
    internal InstructionDecoder Decoder { get; } = new();

    /// <summary>
    /// The vCPU whose floating-point state, debug addresses and TSC_AUX this processor's registers hold; they are
    /// switched only when another one comes. Where its VM is gone the state is nobody's.
    /// </summary>
    internal VmReference<VirtualCpu> LiveStateOwner { get; set; }
}

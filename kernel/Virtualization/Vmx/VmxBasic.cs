// SPDX-License-Identifier: MIT
using Hypervisor.X64;

namespace Hypervisor.Virtualization.Vmx;

/// <summary>IA32_VMX_BASIC (SDM volume 3, appendix A.1).</summary>
[Register(typeof(ulong))]
public readonly partial struct VmxBasic
{
    /// <summary>The identifier that VMCS and VMXON regions begin with.</summary>
    [Bits(30, 0)]
    public partial uint Revision { get; init; }

    /// <summary>Regions must lie below 4 GiB.</summary>
    [Bit(48)]
    public partial bool AddressesAre32Bits { get; init; }

    /// <summary>The capability MSRs that tell which of the "default 1" controls may be 0.</summary>
    [Bit(55)]
    public partial bool HasTrueControls { get; init; }

    /// <summary>An entry may deliver any exception with or without an error code.</summary>
    [Bit(56)]
    public partial bool AnyErrorCode { get; init; }
}

// SPDX-License-Identifier: MIT
using Hypervisor.X64;

namespace Hypervisor.Virtualization.Vmx;

/// <summary>The guest's interruptibility state (SDM volume 3, 25.4.2).</summary>
[Register(typeof(uint))]
public readonly partial struct Interruptibility
{
    [Bit(0)]
    public partial bool BlockingBySti { get; init; }

    [Bit(1)]
    public partial bool BlockingByMovSs { get; init; }

    [Bit(2)]
    public partial bool BlockingBySmi { get; init; }

    [Bit(3)]
    public partial bool BlockingByNmi { get; init; }

    /// <summary>The exit came out of an enclave of SGX.</summary>
    [Bit(4)]
    public partial bool InEnclave { get; init; }

    [Bits(31, 5)]
    public partial uint Reserved { get; init; }

    /// <summary>Either shadow of one instruction.</summary>
    public bool HasShadow => BlockingBySti || BlockingByMovSs;
}

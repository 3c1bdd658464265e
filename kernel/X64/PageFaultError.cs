// SPDX-License-Identifier: MIT
namespace Hypervisor.X64;

/// <summary>The error code of #PF. SDM 3A, 4.7.</summary>
[Register(typeof(uint))]
public readonly partial struct PageFaultError
{
    /// <summary>The page is mapped, but not for this access.</summary>
    [Bit(0)]
    public partial bool Protection { get; init; }

    [Bit(1)]
    public partial bool Write { get; init; }

    [Bit(2)]
    public partial bool User { get; init; }

    [Bit(3)]
    public partial bool ReservedBit { get; init; }

    [Bit(4)]
    public partial bool InstructionFetch { get; init; }

    [Bit(5)]
    public partial bool ProtectionKey { get; init; }

    [Bit(6)]
    public partial bool ShadowStack { get; init; }
}

// SPDX-License-Identifier: MIT
using Hypervisor.X64;

namespace Hypervisor.Virtualization.Vmx;

/// <summary>The exit qualification of a control-register access (SDM volume 3, table 28-3).</summary>
[Register(typeof(ulong))]
public readonly partial struct ControlMoveQualification
{
    public const byte MoveTo = 0;
    public const byte MoveFrom = 1;

    [Bits(3, 0)]
    public partial byte Register { get; init; }

    /// <summary>0 MOV to, 1 MOV from, 2 CLTS, 3 LMSW.</summary>
    [Bits(5, 4)]
    public partial byte Kind { get; init; }

    [Bits(11, 8)]
    public partial byte General { get; init; }
}

// SPDX-License-Identifier: MIT
using Hypervisor.X64;

namespace Hypervisor.Virtualization.Vmx;

/// <summary>The exit qualification of a port access (SDM volume 3, table 28-5).</summary>
[Register(typeof(ulong))]
public readonly partial struct PortQualification
{
    /// <summary>One less than the size in bytes.</summary>
    [Bits(2, 0)]
    public partial byte SizeLessOne { get; init; }

    /// <summary>The direction: IN or INS.</summary>
    [Bits(3, 3)]
    public partial byte Input { get; init; }

    /// <summary>String in bit 0, REP in bit 1: two places lower than in the neutral flags.</summary>
    [Bits(5, 4)]
    public partial byte StringRepeated { get; init; }

    [Bits(31, 16)]
    public partial ushort Port { get; init; }

    /// <summary>Bytes of one access: 1, 2 or 4.</summary>
    public byte Size => (byte)(SizeLessOne + 1);

    public PortFlags Flags => (PortFlags)(Input | (StringRepeated << 2));
}

// SPDX-License-Identifier: MIT
namespace Hypervisor.Virtualization;

/// <summary>An IN, OUT, INS or OUTS that left the guest.</summary>
public struct PortAccess
{
    public ushort Port;

    /// <summary>1, 2 or 4 bytes.</summary>
    public byte Size;
    public bool IsInput;

    /// <summary>INS or OUTS: the operand is in memory.</summary>
    public bool IsString;
    public bool IsRepeated;
}

// SPDX-License-Identifier: MIT
namespace Hypervisor.Virtualization;

/// <summary>An IN, OUT, INS or OUTS that left the guest.</summary>
public struct PortAccess
{
    public ushort Port;

    /// <summary>1, 2 or 4 bytes.</summary>
    public byte Size;
    public PortFlags Flags;

    public readonly bool IsInput => (Flags & PortFlags.Input) != 0;

    public readonly bool IsString => (Flags & PortFlags.String) != 0;

    public readonly bool IsRepeated => (Flags & PortFlags.Repeated) != 0;
}

// SPDX-License-Identifier: MIT
using Hypervisor.X64;

namespace Hypervisor.Virtualization.Svm;

/// <summary>
/// EXITINFO1 of a port access (APM volume 2, 15.10.2). QEMU 7.2 leaves out the address size (9:7) and the segment
/// (12:10), so nothing here reads them.
/// </summary>
[Register(typeof(ulong))]
public readonly partial struct IoExitInformation
{
    /// <summary>TYPE, STR and REP are bits 0, 2 and 3, as in the neutral flags.</summary>
    [Bits(3, 0)]
    public partial PortFlags Flags { get; init; }

    /// <summary>SZ32, SZ16 and SZ8: one of them is set, so the field is the size in bytes.</summary>
    [Bits(6, 4)]
    public partial byte Size { get; init; }

    [Bits(31, 16)]
    public partial ushort Port { get; init; }
}

// SPDX-License-Identifier: MIT
using Hypervisor.X64;

namespace Hypervisor.Virtualization.Vmx;

/// <summary>
/// VM-entry and VM-exit interruption information and IDT-vectoring information: one format for the three (SDM volume 3,
/// 25.8.3, 25.9.2, 25.9.3).
/// </summary>
[Register(typeof(uint))]
public readonly partial struct VmxEvent
{
    public const byte TypeInterrupt = 0;
    public const byte TypeNmi = 2;
    public const byte TypeException = 3;
    public const byte TypeSoftwareInterrupt = 4;

    /// <summary>INT1, which raises #DB.</summary>
    public const byte TypePrivilegedSoftwareException = 5;

    /// <summary>INT3 and INTO.</summary>
    public const byte TypeSoftwareException = 6;

    /// <summary>At an entry: a pending MTF exit.</summary>
    public const byte TypeOther = 7;

    [Bits(7, 0)]
    public partial byte Vector { get; init; }

    [Bits(10, 8)]
    public partial byte Type { get; init; }

    /// <summary>An error code is pushed, or was.</summary>
    [Bit(11)]
    public partial bool HasErrorCode { get; init; }

    /// <summary>
    /// In information about exits: blocking by NMI had ended with the IRET that was executing (28.2.2).
    /// </summary>
    [Bit(12)]
    public partial bool NmiUnblocked { get; init; }

    /// <summary>In information about entries; bit 12 is one of them there.</summary>
    public uint ReservedBits => Value & 0x7FFF_F000;

    [Bit(31)]
    public partial bool IsValid { get; init; }
}

// SPDX-License-Identifier: MIT
namespace Hypervisor.Virtualization.Emulation;

/// <summary>Where an operand is.</summary>
internal enum OperandPlace : byte
{
    None,
    Register,

    /// <summary>AH, CH, DH or BH.</summary>
    HighByte,
    Memory,
    Immediate,
    Vector,
}

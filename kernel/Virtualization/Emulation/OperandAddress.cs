// SPDX-License-Identifier: MIT
using Hypervisor.Memory;

namespace Hypervisor.Virtualization.Emulation;

/// <summary>
/// The memory operand of an instruction: its linear address, and where the processor found it in guest-physical space.
/// </summary>
internal struct OperandAddress
{
    public LinearPlace Linear;

    /// <summary>Valid where <see cref="IsKnown"/>: the operand lies in one page, and this is its first byte.</summary>
    public GuestPhysical Physical;
    public bool IsKnown;
}

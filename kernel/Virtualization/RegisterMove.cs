// SPDX-License-Identifier: MIT
namespace Hypervisor.Virtualization;

/// <summary>A move between a control or debug register and a general register.</summary>
public struct RegisterMove
{
    /// <summary>CRn or DRn.</summary>
    public byte Register;

    /// <summary>The general register, 0..15.</summary>
    public byte General;

    /// <summary>True where the control or debug register is written.</summary>
    public bool IsWrite;

    /// <summary>
    /// False where the processor gave only <see cref="Register"/> and the direction: decode the instruction.
    /// </summary>
    public bool IsKnown;
}

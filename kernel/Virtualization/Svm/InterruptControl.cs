// SPDX-License-Identifier: MIT
using Hypervisor.X64;

namespace Hypervisor.Virtualization.Svm;

/// <summary>VMCB word 060h: the virtual interrupt and task priority (APM volume 2, table B-1).</summary>
[Register(typeof(ulong))]
public readonly partial struct InterruptControl
{
    /// <summary>V_TPR: CR8 as the guest sees it; the processor updates it.</summary>
    [Bits(7, 0)]
    public partial byte TaskPriority { get; init; }

    /// <summary>V_IRQ.</summary>
    [Bit(8)]
    public partial bool IsPending { get; init; }

    /// <summary>VGIF.</summary>
    [Bit(9)]
    public partial bool GlobalInterrupt { get; init; }

    /// <summary>V_INTR_PRIO.</summary>
    [Bits(19, 16)]
    public partial byte Priority { get; init; }

    /// <summary>V_IGN_TPR.</summary>
    [Bit(20)]
    public partial bool IgnoreTaskPriority { get; init; }

    /// <summary>V_INTR_MASKING: the guest's IF and CR8 govern virtual interrupts only.</summary>
    [Bit(24)]
    public partial bool Masking { get; init; }

    /// <summary>AMD virtual GIF enabled for this guest.</summary>
    [Bit(25)]
    public partial bool VirtualGlobalInterrupt { get; init; }

    /// <summary>V_INTR_VECTOR.</summary>
    [Bits(39, 32)]
    public partial byte Vector { get; init; }
}

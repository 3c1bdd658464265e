// SPDX-License-Identifier: MIT
namespace Hypervisor.X64;

/// <summary>
/// The low half of a 64-bit interrupt gate; the high half is bits 63:32 of the target. SDM 3A, 6.14.1.
/// </summary>
[Register(typeof(ulong))]
public readonly partial struct InterruptGate
{
    [Bits(15, 0)]
    public partial ushort TargetLow { get; init; }

    [Bits(31, 16)]
    public partial ushort Selector { get; init; }

    /// <summary>The interrupt stack that the TSS names, 1..7; 0: stay on the stack.</summary>
    [Bits(34, 32)]
    public partial byte Stack { get; init; }

    [Bits(43, 40)]
    public partial byte Type { get; init; }

    [Bits(46, 45)]
    public partial byte Privilege { get; init; }

    [Bit(47)]
    public partial bool Present { get; init; }

    [Bits(63, 48)]
    public partial ushort TargetMiddle { get; init; }

    /// <summary>A gate that switches interrupts off.</summary>
    public static InterruptGate To(ulong target, int stack) => new()
    {
        TargetLow = (ushort)target,
        Selector = DescriptorTables.CodeSelector,
        Stack = (byte)stack,
        Type = 0xe,
        Present = true,
        TargetMiddle = (ushort)(target >> 16),
    };
}

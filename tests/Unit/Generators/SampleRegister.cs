// SPDX-License-Identifier: MIT
using Hypervisor.X64;

namespace Hypervisor.Unit.Generators;

/// <summary>A register with a field of every kind, for <see cref="RegisterGeneratorTests"/>.</summary>
[Register(typeof(ulong))]
public readonly partial struct SampleRegister
{
    [Bit(0)]
    public partial bool Lowest { get; init; }

    [Bit(63)]
    public partial bool Highest { get; init; }

    [Bits(11, 8)]
    public partial byte Nibble { get; init; }

    [Bits(62, 31)]
    public partial uint Word { get; init; }

    [Bits(2, 1)]
    public partial SampleMode Mode { get; init; }

    [Bits(10, 8, Overlaps = true)]
    public partial int PartOfNibble { get; }
}

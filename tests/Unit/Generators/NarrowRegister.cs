// SPDX-License-Identifier: MIT
using Hypervisor.X64;

namespace Hypervisor.Unit.Generators;

/// <summary>A register of one byte, for <see cref="RegisterGeneratorTests"/>.</summary>
[Register(typeof(byte))]
internal readonly partial struct NarrowRegister
{
    [Bit(7)]
    internal partial bool Top { get; init; }

    [Bits(6, 0)]
    internal partial ulong Rest { get; init; }
}

// SPDX-License-Identifier: MIT
using Hypervisor.X64;

namespace Hypervisor.Unit.Generators;

/// <summary>A register that is one field, for <see cref="RegisterGeneratorTests"/>.</summary>
[Register(typeof(ulong))]
internal readonly partial struct WholeRegister
{
    [Bits(63, 0)]
    internal partial ulong All { get; init; }
}

// SPDX-License-Identifier: MIT
using System.Runtime.CompilerServices;

namespace Hypervisor.X64;

/// <summary>The low 128 bits of the sixteen XMM registers, two numbers each, the lower one first.</summary>
[InlineArray(Count)]
public struct VectorRegisters
{
    public const int Count = 32;

    private ulong _element;
}

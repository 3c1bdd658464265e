// SPDX-License-Identifier: MIT
using System.Runtime.CompilerServices;

namespace Hypervisor.Virtualization;

/// <summary>
/// The sixteen general registers in the order of the instruction encoding: RAX, RCX, RDX, RBX, RSP, ...
/// </summary>
[InlineArray(Count)]
public struct GeneralRegisters
{
    public const int Count = 16;

    private ulong _element;
}

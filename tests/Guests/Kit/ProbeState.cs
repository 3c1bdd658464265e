// SPDX-License-Identifier: MIT
using System.Runtime.InteropServices;
using Hypervisor.Runtime;

namespace Hypervisor.Guests.Kit;

/// <summary>How an exception finds back out of the machine code under test; Traps.S fills the first two.</summary>
[AssemblyOffsets("PROBE")]
[ExpectedSize(16)]
[StructLayout(LayoutKind.Explicit, Size = 16)]
internal struct ProbeState
{
    /// <summary>The stack pointer to return with; 0 where no code is under test.</summary>
    [FieldOffset(0)]
    internal ulong StackPointer;

    [FieldOffset(8)]
    internal ulong ReturnAddress;
}

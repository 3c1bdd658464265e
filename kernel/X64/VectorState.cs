// SPDX-License-Identifier: MIT
using System.Runtime;
using System.Runtime.CompilerServices;

namespace Hypervisor.X64;

/// <summary>
/// The XMM registers that compiled code of ours never touches: all but XMM0, XMM1 and XMM8. What a guest had in them
/// stays there until another vCPU comes.
/// </summary>
internal static class VectorState
{
    /// <summary>Out of the processor into the record.</summary>
    [MethodImpl(MethodImplOptions.InternalCall)]
    [RuntimeImport("*", "HvStoreVectors")]
    public static extern void Store(ref VectorRegisters registers);

    /// <summary>Out of the record into the processor.</summary>
    [MethodImpl(MethodImplOptions.InternalCall)]
    [RuntimeImport("*", "HvLoadVectors")]
    public static extern void Load(ref VectorRegisters registers);
}

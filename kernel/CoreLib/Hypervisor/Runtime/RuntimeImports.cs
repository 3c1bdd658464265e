// SPDX-License-Identifier: MIT
using System.Runtime;
using System.Runtime.CompilerServices;
using Internal.Runtime;

namespace Hypervisor.Runtime;

/// <summary>
/// What the core library asks of Runtime.S and of whoever links it (HvFault, HvAllocate, HvCheckStore).
/// </summary>
internal static unsafe class RuntimeImports
{
    [MethodImpl(MethodImplOptions.InternalCall)]
    [RuntimeImport("*", "HvFault")]
    internal static extern void Fault(int kind, nint detail);

    [MethodImpl(MethodImplOptions.InternalCall)]
    [RuntimeImport("*", "HvRuntimeContext")]
    internal static extern ProcessorContext* CurrentContext();

    [MethodImpl(MethodImplOptions.InternalCall)]
    [RuntimeImport("*", "HvContain")]
    internal static extern int Contain(ContainedCall call);

    [MethodImpl(MethodImplOptions.InternalCall)]
    [RuntimeImport("*", "HvUnwind")]
    internal static extern void Unwind(int kind);

    [MethodImpl(MethodImplOptions.InternalCall)]
    [RuntimeImport("*", "HvUnwindAddress")]
    internal static extern nint UnwindAddress();

    /// <summary>Zeroed memory from the running context's region; never null.</summary>
    [MethodImpl(MethodImplOptions.InternalCall)]
    [RuntimeImport("*", "HvAllocate")]
    internal static extern byte* Allocate(nuint size);

    [MethodImpl(MethodImplOptions.InternalCall)]
    [RuntimeImport("*", "RhpNewFast")]
    internal static extern object NewObject(MethodTable* type);

    [MethodImpl(MethodImplOptions.InternalCall)]
    [RuntimeImport("*", "RhpNewArrayFast")]
    internal static extern object NewArray(MethodTable* type, int length);

    /// <summary>From the first byte up.</summary>
    [MethodImpl(MethodImplOptions.InternalCall)]
    [RuntimeImport("*", "HvMoveBytes")]
    internal static extern void MoveBytes(byte* target, byte* source, nuint length);

    [MethodImpl(MethodImplOptions.InternalCall)]
    [RuntimeImport("*", "HvFillBytes")]
    internal static extern void FillBytes(byte* target, byte value, nuint length);

    [MethodImpl(MethodImplOptions.InternalCall)]
    [RuntimeImport("*", "RhpCheckedAssignRef")]
    internal static extern void AssignReference(ref object? target, object? value);

    /// <summary>Checked builds: the rule about references, for a store that no write barrier sees.</summary>
    [MethodImpl(MethodImplOptions.InternalCall)]
    [RuntimeImport("*", "HvCheckStore")]
    internal static extern void CheckStore(void* target, nint value);

    [MethodImpl(MethodImplOptions.InternalCall)]
    [RuntimeImport("*", "HvDispatchCache")]
    internal static extern DispatchCacheEntry* DispatchCache();

    [MethodImpl(MethodImplOptions.InternalCall)]
    [RuntimeImport("*", "HvSeedCookie")]
    internal static extern void SeedCookie();

    [MethodImpl(MethodImplOptions.InternalCall)]
    [RuntimeImport("*", "HvModulesStart")]
    internal static extern nint* ModulesStart();

    [MethodImpl(MethodImplOptions.InternalCall)]
    [RuntimeImport("*", "HvModulesEnd")]
    internal static extern nint* ModulesEnd();

    [MethodImpl(MethodImplOptions.InternalCall)]
    [RuntimeImport("*", "HvClassConstructorsStart")]
    internal static extern int* ClassConstructorsStart();

    [MethodImpl(MethodImplOptions.InternalCall)]
    [RuntimeImport("*", "HvClassConstructorsEnd")]
    internal static extern int* ClassConstructorsEnd();
}

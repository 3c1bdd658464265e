// SPDX-License-Identifier: MIT
using System.Runtime;
using System.Runtime.CompilerServices;

namespace Hypervisor.Memory;

/// <summary>The assembly of VmLockEntry.S: taking and giving a VM-owned lock where nobody else wants it.</summary>
internal static class VmLockEntry
{
    /// <summary>
    /// Takes the lock and links it in front of the running context's list, without an interrupt in
    /// between; false where it is held.
    /// </summary>
    [MethodImpl(MethodImplOptions.InternalCall)]
    [RuntimeImport("*", "HvVmLockTryTake")]
    public static extern bool TryTake(ref int held, ref VmLock? outer, VmLock item);

    /// <summary>Gives the lock back that the running context took last; false where it is another one.</summary>
    [MethodImpl(MethodImplOptions.InternalCall)]
    [RuntimeImport("*", "HvVmLockTryGive")]
    public static extern bool TryGive(ref int held, ref VmLock? outer, VmLock item);
}

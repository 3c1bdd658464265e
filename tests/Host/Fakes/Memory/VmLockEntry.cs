// SPDX-License-Identifier: MIT
using System.Threading;

namespace Hypervisor.Memory;

/// <summary>The host flavour's VM-owned locks: the same steps in C#.</summary>
internal static class VmLockEntry
{
    public static bool TryTake(ref int held, ref VmLock? outer, VmLock item)
    {
        bool interruptsWereOn = CurrentProcessor.DisableInterrupts();
        bool isTaken = Interlocked.CompareExchange(ref held, 1, 0) == 0;
        if (isTaken)
        {
            outer = CurrentProcessor.VmLocks;
            CurrentProcessor.VmLocks = item;
        }

        CurrentProcessor.RestoreInterrupts(interruptsWereOn);
        return isTaken;
    }

    public static bool TryGive(ref int held, ref VmLock? outer, VmLock item)
    {
        if (CurrentProcessor.VmLocks != item)
        {
            return false;
        }

        VmLock? next = outer;
        Volatile.Write(ref held, 0);
        CurrentProcessor.VmLocks = next;
        return true;
    }
}

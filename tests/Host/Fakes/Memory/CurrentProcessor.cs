// SPDX-License-Identifier: MIT
using System;
using System.Threading;
using Hypervisor.Runtime;

namespace Hypervisor.Memory;

/// <summary>The host flavour's processor: every thread is one.</summary>
public static class CurrentProcessor
{
    [ThreadStatic]
    private static bool s_interruptsOff;

    [ThreadStatic]
    private static int s_sharedLocksHeld;

    [ThreadStatic]
    private static int s_sharedLockRank;

    [ThreadStatic]
    private static VmLock? s_vmLocks;

    [ThreadStatic]
    private static Region? s_region;

    [ThreadStatic]
    private static ulong s_allocationNext;

    [ThreadStatic]
    private static ulong s_allocationLimit;

    public static int SharedLocksHeld
    {
        get => s_sharedLocksHeld;
        set => s_sharedLocksHeld = value;
    }

    public static int SharedLockRank
    {
        get => s_sharedLockRank;
        set => s_sharedLockRank = value;
    }

    public static VmLock? VmLocks
    {
        get => s_vmLocks;
        set => s_vmLocks = value;
    }

    public static Region? Region
    {
        get => s_region;
        set => s_region = value;
    }

    [field: ThreadStatic]
    public static object? Owner { get; set; }

    /// <summary>What a test says about the running context.</summary>
    [field: ThreadStatic]
    public static bool IsContained { get; set; }

    [field: ThreadStatic]
    public static bool IsInInterrupt { get; set; }

    [field: ThreadStatic]
    public static bool IsWaiting { get; set; }

    public static bool CanBePreempted => s_sharedLocksHeld == 0 && s_vmLocks == null;

    public static VmLife? Life => s_region?.Life;

    public static ulong AllocationNext => s_allocationNext;

    public static ulong AllocationLimit => s_allocationLimit;

    public static bool InterruptsAreOn => !s_interruptsOff;

    public static void SetAllocation(ulong next, ulong limit)
    {
        s_allocationNext = next;
        s_allocationLimit = limit;
    }

    public static bool DisableInterrupts()
    {
        bool wereOn = !s_interruptsOff;
        s_interruptsOff = true;
        return wereOn;
    }

    public static void RestoreInterrupts(bool wereOn)
    {
        if (wereOn)
        {
            s_interruptsOff = false;
        }
    }

    public static void Relax() => Thread.Yield();

    public static void GiveUp()
    {
        IsWaiting = false;
        FaultBoundary.Unwind(FaultKind.VmDying);
    }

    public static void Fail(string rule) => throw new InvalidOperationException(rule);
}

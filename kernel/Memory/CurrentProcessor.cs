// SPDX-License-Identifier: MIT
using System.Runtime.CompilerServices;
using Hypervisor.Runtime;
using Hypervisor.X64;

namespace Hypervisor.Memory;

/// <summary>The few words of the running processor's context that locks and regions live on.</summary>
public static unsafe class CurrentProcessor
{
    /// <summary>Shared locks held.</summary>
    public static int SharedLocksHeld
    {
        get => Context->SharedLocksHeld;
        set => Context->SharedLocksHeld = value;
    }

    /// <summary>
    /// Those that were taken since the innermost fault boundary was entered: a fault leaves the others as they are.
    /// </summary>
    public static int SharedLocksInside =>
        Context->SharedLocksHeld - (Context->Recovery == null ? 0 : Context->Recovery->SharedLocksHeld);

    /// <summary>The rank of the innermost shared lock held, 0 without one.</summary>
    public static int SharedLockRank
    {
        get => Context->SharedLockRank;
        set => Context->SharedLockRank = value;
    }

    /// <summary>How many interrupts are being served, one in the other.</summary>
    public static int InterruptDepth => Context->InterruptDepth;

    /// <summary>The VM-owned lock that the running context took last; the lock links the others.</summary>
    public static VmLock? VmLocks
    {
        get
        {
            nint bits = Context->VmLocks;
            return Unsafe.As<nint, VmLock?>(ref bits);
        }

        // The context is no object: nothing checks this store, and the boundary cuts the list when it unwinds.
        set => Context->VmLocks = Unsafe.As<VmLock?, nint>(ref value);
    }

    /// <summary>The region that new allocates from; null before there is one.</summary>
    public static Region? Region
    {
        get
        {
            nint bits = Context->CurrentRegion;
            return Unsafe.As<nint, Region?>(ref bits);
        }
        set => Context->CurrentRegion = Unsafe.As<Region?, nint>(ref value);
    }

    /// <summary>
    /// The next object's address, and the end of the chunk that the running context took from its region.
    /// </summary>
    public static ulong AllocationNext => (ulong)Context->AllocationNext;

    public static ulong AllocationLimit => (ulong)Context->AllocationLimit;

    /// <summary>The life of the VM whose region is current; null in the boot region.</summary>
    public static VmLife? Life => Region?.Life;

    private static ProcessorContext* Context => Instructions.CurrentContext;

    /// <summary>The kernel's object for the processor that executes this; null before it is made.</summary>
    public static object? Owner
    {
        get
        {
            nint bits = Context->Owner;
            return Unsafe.As<nint, object?>(ref bits);
        }
        set => Context->Owner = Unsafe.As<object?, nint>(ref value);
    }

    /// <summary>True where the running context has a fault boundary to leave to.</summary>
    public static bool IsContained => Context->Recovery != null;

    /// <summary>Where on which stack the running context's fault boundary is; 0 where it has none.</summary>
    public static ulong RecoveryAddress => (ulong)Context->Recovery;

    /// <summary>True while an interrupt's handler runs.</summary>
    public static bool IsInInterrupt => Context->InterruptDepth != 0;

    /// <summary>
    /// True at the end of an interrupt that no other interrupt or lock was under: the interrupted stack may be left.
    /// </summary>
    public static bool CanBePreempted =>
        Context->SharedLocksHeld == 0 && Context->VmLocks == 0 && Context->InterruptDepth == 0;

    /// <summary>
    /// The running context waits for another processor. Set around the loop that does, and cleared by whoever leaves it
    /// through the fault boundary.
    /// </summary>
    public static bool IsWaiting
    {
        get => Context->IsWaiting != 0;
        set => Context->IsWaiting = value ? 1 : 0;
    }

    /// <summary>Gives the running context another chunk: zeroed memory from next to limit.</summary>
    public static void SetAllocation(ulong next, ulong limit)
    {
        Context->AllocationNext = (byte*)next;
        Context->AllocationLimit = (byte*)limit;
    }

    /// <summary>Switches interrupts off; true where they were on.</summary>
    public static bool DisableInterrupts() => Instructions.SaveAndDisableInterrupts();

    /// <summary>Switches interrupts on again where <see cref="DisableInterrupts"/> said that they were.</summary>
    public static void RestoreInterrupts(bool wereOn) => Instructions.RestoreInterrupts(wereOn);

    /// <summary>
    /// A short rest in a loop that waits for another processor, which may be waiting for this one to forget
    /// translations.
    /// </summary>
    public static void Relax()
    {
        Tlb.Serve();
        Instructions.Pause();
    }

    /// <summary>Leaves to the fault boundary: what was to be done is for a VM that is dying.</summary>
    public static void GiveUp()
    {
        IsWaiting = false;
        FaultBoundary.Unwind(FaultKind.VmDying);
    }

    /// <summary>A rule of ours is broken: stops the VM that is served, or panics where a shared lock is held.</summary>
    public static void Fail(string rule) => throw new System.InvalidOperationException(rule);
}

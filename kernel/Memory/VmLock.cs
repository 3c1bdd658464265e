// SPDX-License-Identifier: MIT
using System.Runtime.CompilerServices;
using System.Threading;

namespace Hypervisor.Memory;

/// <summary>
/// A lock that belongs to one VM. Interrupts stay as they are while it is held; a fault with it held stops that VM, and
/// whoever waits for it then gives up through the fault boundary. It must not be taken in interrupt handlers. While a
/// context holds one it is not preempted in favour of another of the same processor.
/// </summary>
public sealed class VmLock
{
    private readonly VmLife? _life;
    private int _held;
    private VmLock? _outer;

    /// <summary>A lock of the VM whose region is current; of nobody's (never dying) while the boot region is.</summary>
    public VmLock()
        : this(CurrentProcessor.Life)
    {
    }

    public VmLock(VmLife? life)
    {
        _life = life;
    }

    /// <summary>True while anybody holds it.</summary>
    public bool IsHeld => Volatile.Read(ref _held) != 0;

    /// <summary>True where the calling context holds it.</summary>
    public bool IsHeldHere
    {
        get
        {
            for (VmLock? held = CurrentProcessor.VmLocks; held != null; held = held._outer)
            {
                if (held == this)
                {
                    return true;
                }
            }

            return false;
        }
    }

    /// <summary>Takes the lock; taking it twice in one context is a fault.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Acquire()
    {
        // Taken and linked without an interrupt in between: a context that is switched away while it owns a lock that
        // is not on its list would make the next one on this processor wait forever.
        if (!VmLockEntry.TryTake(ref _held, ref _outer, this))
        {
            AcquireHeld();
        }
    }

    /// <summary>Gives the lock back; one that the calling context does not hold is a fault.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Release()
    {
        if (!VmLockEntry.TryGive(ref _held, ref _outer, this))
        {
            ReleaseOlder();
        }
    }

    /// <summary>Somebody holds it: waits.</summary>
    private void AcquireHeld()
    {
        do
        {
            WaitWhileHeld();
        }
        while (!VmLockEntry.TryTake(ref _held, ref _outer, this));
    }

    /// <summary>It is not the one that was taken last: unlinks it from the middle of the list.</summary>
    private void ReleaseOlder()
    {
        VmLock? newest = CurrentProcessor.VmLocks;
        while (newest != null && newest._outer != this)
        {
            newest = newest._outer;
        }

        if (newest == null)
        {
            CurrentProcessor.Fail("a VM's lock is released by a context that does not hold it");
            return;
        }

        newest._outer = _outer;
        Volatile.Write(ref _held, 0);
    }

    private void WaitWhileHeld()
    {
        if (IsHeldHere)
        {
            CurrentProcessor.Fail("a VM's lock is taken twice by one context");
        }

        CurrentProcessor.IsWaiting = true;
        while (IsHeld)
        {
            if (_life != null && _life.IsDying)
            {
                CurrentProcessor.GiveUp();
            }

            CurrentProcessor.Relax();
        }

        CurrentProcessor.IsWaiting = false;
    }
}

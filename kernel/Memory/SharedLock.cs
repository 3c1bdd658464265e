// SPDX-License-Identifier: MIT
using System.Threading;
using Hypervisor.Runtime;

namespace Hypervisor.Memory;

/// <summary>
/// A lock around state that belongs to no VM. Interrupts are off while it is held and a fault with it held is a panic,
/// so what it guards is short, calls no virtual method and reads no guest value; where it guards what a driver does,
/// the driver's fault boundary is entered with it held, and a fault behind that ends there. Locks are taken in the
/// order of their ranks; checked builds verify it. Waiters are served in the order of their coming.
/// </summary>
public sealed class SharedLock
{
    private readonly string _name;
    private int _nextTicket;
    private int _served;
    private int _outerRank;
    private bool _interruptsWereOn;

    /// <summary>
    /// A lock that is taken after every lock of a lower rank; see <see cref="LockRank"/>. The name appears in the panic
    /// that a violation is.
    /// </summary>
    public SharedLock(int rank, string name)
    {
        Rank = rank;
        _name = name;
    }

    /// <summary>Its place in the order, above 0.</summary>
    public int Rank { get; }

    /// <summary>What it is called in reports.</summary>
    public string Name => _name;

    /// <summary>True while anybody holds it.</summary>
    public bool IsHeld => Volatile.Read(ref _served) != Volatile.Read(ref _nextTicket);

    /// <summary>Switches interrupts off and takes the lock.</summary>
    public void Acquire()
    {
        bool interruptsWereOn = CurrentProcessor.DisableInterrupts();
        if (BuildFlavour.IsChecked && CurrentProcessor.SharedLockRank >= Rank)
        {
            CurrentProcessor.Fail(_name);
        }

        // Counted before there is a ticket, and until it is served: code that the watchdog takes away in between would
        // leave a lock that nobody ever gets again.
        CurrentProcessor.SharedLocksHeld++;
        int ticket = Interlocked.Increment(ref _nextTicket) - 1;
        if (Volatile.Read(ref _served) != ticket)
        {
            WaitFor(ticket);
        }

        _interruptsWereOn = interruptsWereOn;
        _outerRank = CurrentProcessor.SharedLockRank;
        CurrentProcessor.SharedLockRank = Rank;
    }

    private void WaitFor(int ticket)
    {
        CurrentProcessor.IsWaiting = true;
        while (Volatile.Read(ref _served) != ticket)
        {
            CurrentProcessor.Relax();
        }

        CurrentProcessor.IsWaiting = false;
    }

    /// <summary>Gives the lock back and puts interrupts back to what they were when it was taken.</summary>
    public void Release()
    {
        if (BuildFlavour.IsChecked && CurrentProcessor.SharedLockRank != Rank)
        {
            CurrentProcessor.Fail(_name);
        }

        bool interruptsWereOn = _interruptsWereOn;
        CurrentProcessor.SharedLockRank = _outerRank;
        Volatile.Write(ref _served, _served + 1);
        CurrentProcessor.SharedLocksHeld--;
        CurrentProcessor.RestoreInterrupts(interruptsWereOn);
    }
}

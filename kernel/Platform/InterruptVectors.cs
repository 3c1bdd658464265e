// SPDX-License-Identifier: MIT
using System;
using System.Threading;
using Hypervisor.Memory;
using Hypervisor.Runtime;
using Hypervisor.X64;

namespace Hypervisor.Platform;

/// <summary>
/// Who serves which vector; the same on all processors. Only here are vectors handed out. The table is filled at boot
/// and when a driver starts, and read by every interrupt.
/// </summary>
public static class InterruptVectors
{
    /// <summary>Vectors 0x20 to 0x2f are left to the legacy controller, whose stray interrupts arrive there.</summary>
    public const int FirstFree = 0x30;

    /// <summary>The local APIC's spurious interrupt: it must not be acknowledged.</summary>
    public const int Spurious = 0xff;

    private const int FirstFixed = 0xf0;

    /// <summary>Faults of one interrupt after which the next is not contained any more: it would never end.</summary>
    private const int MostFaults = 4096;

    private static readonly InterruptHandler?[] s_handlers = new InterruptHandler?[InterruptTable.VectorCount];
    private static readonly SharedLock s_lock = new(LockRank.Registers, "interrupt vectors");
    private static InterruptAcknowledge? s_acknowledge;
    private static ulong s_unexpected;

    /// <summary>Interrupts that nobody serves.</summary>
    public static ulong Unexpected => Volatile.Read(ref s_unexpected);

    /// <summary>The local APIC in the mode that the machine uses; set once at boot.</summary>
    public static void SetAcknowledge(InterruptAcknowledge acknowledge) => s_acknowledge = acknowledge;

    /// <summary>Hands out a vector for a device; false where all are taken.</summary>
    public static bool TryAllocate(InterruptHandler handler, out byte vector)
    {
        s_lock.Acquire();
        vector = 0;
        for (int candidate = FirstFree; candidate < FirstFixed && vector == 0; candidate++)
        {
            if (s_handlers[candidate] == null)
            {
                vector = (byte)candidate;
                s_handlers[candidate] = handler;
            }
        }

        s_lock.Release();
        return vector != 0;
    }

    /// <summary>
    /// Gives a vector of the uppermost priority class (0xf0..0xfe) to the platform itself: the timer, a
    /// kick, an error of the local APIC.
    /// </summary>
    public static void SetFixed(byte vector, InterruptHandler handler)
    {
        if (vector < FirstFixed || vector == Spurious || s_handlers[vector] != null)
        {
            throw new ArgumentOutOfRangeException(nameof(vector));
        }

        s_handlers[vector] = handler;
    }

    /// <summary>A driver has gone; its device no longer interrupts.</summary>
    public static void Free(byte vector)
    {
        s_lock.Acquire();
        s_handlers[vector] = null;
        s_lock.Release();
    }

    /// <summary>
    /// Serves one interrupt: the handler allocates from no region and has a fault boundary of its own, the controller
    /// is told, and only then the driver of a handler that faulted, which may have it run again. True at the end of the
    /// outermost interrupt: the scheduler may take the processor.
    /// </summary>
    internal static bool Serve(int vector)
    {
        var scope = InterruptScope.Enter();
        if (CurrentProcessor.Owner is Processor processor)
        {
            processor.Interrupts++;
        }

        InterruptHandler? handler = s_handlers[vector];
        FaultKind fault = Handle(handler);
        if (vector != Spurious)
        {
            s_acknowledge?.EndOfInterrupt();
        }

        for (int faults = 1; fault != FaultKind.None; faults++)
        {
            handler!.End(fault);
            DropHeld(fault);
            bool goesOn = handler.OnFault(fault);
            fault = FaultKind.None;
            if (goesOn && faults < MostFaults)
            {
                fault = FaultBoundary.Run(handler);
            }
            else if (goesOn)
            {
                handler.Invoke();
            }
        }

        return scope.Leave();
    }

    /// <summary>The fault was one in the service of what the handler held: it is that one's, not the host's.</summary>
    private static void DropHeld(FaultKind fault)
    {
        if (CurrentProcessor.Owner is Processor { Held: { } held })
        {
            held.OnFault(fault);
            held.LetGo();
        }
    }

    private static FaultKind Handle(InterruptHandler? handler)
    {
        if (handler == null)
        {
            _ = Interlocked.Increment(ref s_unexpected);
            return FaultKind.None;
        }

        handler.Begin();
        return FaultBoundary.Run(handler);
    }
}

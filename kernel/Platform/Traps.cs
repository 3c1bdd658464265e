// SPDX-License-Identifier: MIT
using System.Runtime;
using System.Threading;
using Hypervisor.Memory;
using Hypervisor.Runtime;
using Hypervisor.X64;

namespace Hypervisor.Platform;

/// <summary>
/// Where every exception and interrupt of the hypervisor's own code arrives. An exception in code that has a fault
/// boundary and has taken no shared lock inside of it ends that code; any other is a panic.
/// </summary>
public static class Traps
{
    private const ulong InterruptFlag = 1 << 9;

    /// <summary>A reference with an offset up to here that faults was null.</summary>
    private const ulong NullArea = 0x1_0000;

    private static WatchdogHook? s_watchdog;
    private static ulong s_contained;
    private static ulong s_strayNmis;

    /// <summary>Exceptions that were contained, on all processors.</summary>
    public static ulong Contained => Volatile.Read(ref s_contained);

    /// <summary>NMIs that nobody had asked for.</summary>
    public static ulong StrayNmis => Volatile.Read(ref s_strayNmis);

    /// <summary>Set once at boot.</summary>
    public static void SetWatchdog(WatchdogHook watchdog) => s_watchdog = watchdog;

    /// <summary>
    /// Makes the interrupted code end in its fault boundary when the handler returns. False where that is not possible:
    /// it has none, holds a shared lock of its own, or is no code that may be left at any instruction.
    /// </summary>
    public static bool TryUnwind(ref TrapFrame frame, FaultKind kind)
    {
        if (!CanBeLeft(frame.Rsp) || !BootLayout.Current.IsContainable(frame.Rip))
        {
            return false;
        }

        _ = Interlocked.Increment(ref s_contained);
        CurrentProcessor.IsWaiting = false;
        FaultTrace.Last.Record(frame.Rip, frame.Rbp, kind == FaultKind.Stuck ? 0 : Instructions.ReadCr2());
        frame.Rdi = (ulong)kind;
        frame.Rip = (ulong)FaultBoundary.UnwindAddress;
        frame.Rflags &= ~InterruptFlag;
        return true;
    }

    /// <summary>
    /// True where the host task that was interrupted is to be switched away from, on its own stack: then HvPreempt
    /// follows.
    /// </summary>
    [RuntimeExport("HvTrap")]
    internal static bool Handle(ref TrapFrame frame)
    {
        if (frame.Vector >= TrapStubs.FirstInterrupt)
        {
            return InterruptVectors.Serve((int)frame.Vector)
                && CurrentProcessor.Owner is Processor processor && processor.MustPreempt(frame.Rsp);
        }

        HandleException(ref frame);
        return false;
    }

    /// <summary>Comes back when the task runs again.</summary>
    [RuntimeExport("HvPreempt")]
    internal static void Preempt() => Processor.Current.Task!.Preempt();

    private static void HandleException(ref TrapFrame frame)
    {
        switch ((TrapVector)frame.Vector)
        {
            case TrapVector.Nmi:
                HandleNmi(ref frame);
                break;
            case TrapVector.DoubleFault:
            case TrapVector.MachineCheck:
                Panic.Trap(in frame, FaultNames.OfVector(frame.Vector));
                break;
            default:
                HandleFault(ref frame);
                break;
        }
    }

    /// <summary>What the core library's throw helpers end in, and its own faults.</summary>
    [RuntimeExport("HvFault")]
    internal static void Fault(int kind, nint detail)
    {
        ulong framePointer = Instructions.ReadFramePointer();
        if (!CanBeLeft(framePointer))
        {
            Panic.Fault((FaultKind)kind, (ulong)detail, framePointer);
        }

        ulong caller = StackWalk.CallerOf(framePointer, out ulong outer);
        FaultTrace.Last.Record(caller, outer, (ulong)detail);
        FaultBoundary.Unwind((FaultKind)kind);
    }

    private static void HandleFault(ref TrapFrame frame)
    {
        FaultKind kind = KindOf(in frame);
        if (IsOnFaultStack(frame.Rsp))
        {
            Panic.Trap(in frame, "a fault while a fault was handled");
        }

        if (!TryUnwind(ref frame, kind))
        {
            Panic.Trap(in frame, FaultNames.Of(kind));
        }
    }

    private static FaultKind KindOf(in TrapFrame frame) => (TrapVector)frame.Vector switch
    {
        TrapVector.DivideError => FaultKind.DivideByZero,
        TrapVector.Overflow => FaultKind.Overflow,
        TrapVector.BoundRange => FaultKind.IndexOutOfRange,
        TrapVector.InvalidOpcode => FaultKind.InvalidOpcode,
        TrapVector.GeneralProtection => FaultKind.GeneralProtection,
        TrapVector.StackSegment => FaultKind.GeneralProtection,
        TrapVector.PageFault => KindOfPageFault(Instructions.ReadCr2()),
        _ => FaultKind.ProcessorException,
    };

    private static FaultKind KindOfPageFault(ulong address)
    {
        if (address < NullArea)
        {
            return FaultKind.NullReference;
        }

        bool isStack = address - KernelLayout.Stacks < KernelLayout.AreaSize || BootLayout.Current.IsGuard(address);
        return isStack ? FaultKind.StackOverflow : FaultKind.UnmappedAddress;
    }

    /// <summary>
    /// True for code with a fault boundary and no shared lock that was taken inside of it. What an interrupt does
    /// outside of its handler's boundary is not to end in the boundary of what it interrupted: the controller would
    /// never hear of its end.
    /// </summary>
    private static bool CanBeLeft(ulong stackPointer) =>
        CurrentProcessor.IsContained && CurrentProcessor.SharedLocksInside == 0
        && (!IsOnInterruptStack(stackPointer) || IsOnInterruptStack(CurrentProcessor.RecoveryAddress));

    private static bool IsOnInterruptStack(ulong stackPointer) =>
        EndOf(InterruptStack.Interrupt, BootLayout.Current.InterruptStackEnd) - stackPointer
            <= BootLayout.Current.InterruptStackSize;

    private static bool IsOnFaultStack(ulong stackPointer) =>
        EndOf(InterruptStack.Fault, BootLayout.Current.FaultStackEnd) - stackPointer < BootLayout.GuardSize;

    /// <summary>Where this processor's stack of this kind ends; one that is not known yet is the first.</summary>
    private static ulong EndOf(InterruptStack stack, ulong first) =>
        CurrentProcessor.Owner is Processor processor ? processor.Descriptors.GetStack(stack) : first;

    private static void HandleNmi(ref TrapFrame frame)
    {
        if (Panic.IsReporter)
        {
            return;
        }

        if (Panic.IsActive)
        {
            Panic.Park();
        }

        bool interruptsAreOn = (frame.Rflags & InterruptFlag) != 0;
        StuckVerdict verdict = s_watchdog == null ? StuckVerdict.Fine : s_watchdog.Judge(interruptsAreOn);
        if (verdict != StuckVerdict.Fine)
        {
            LeaveStuckCode(ref frame, verdict);
            return;
        }

        _ = Interlocked.Increment(ref s_strayNmis);
    }

    /// <summary>Where the code cannot be left here, it perhaps can at the next NMI.</summary>
    private static void LeaveStuckCode(ref TrapFrame frame, StuckVerdict verdict)
    {
        if (TryUnwind(ref frame, FaultKind.Stuck))
        {
            s_watchdog!.Left();
        }
        else if (verdict == StuckVerdict.StuckForGood)
        {
            Panic.Trap(in frame, "stuck in code that cannot be left");
        }
    }
}

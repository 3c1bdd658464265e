// SPDX-License-Identifier: MIT
using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Threading;
using Hypervisor.Memory;
using Hypervisor.Runtime;
using Hypervisor.X64;

namespace Hypervisor.Platform;

/// <summary>
/// Faults on demand, in checked builds: one site is armed at a time, and the next that passes there does what a bug
/// would do.
/// </summary>
public static class FaultInjector
{
    private const int Nowhere = -1;
    private const ulong UnmappedAddress = 0xffff_a000_0000_0000;
    private const ulong NonCanonicalAddress = 0x8000_0000_0000_0000;

    /// <summary>
    /// Slow enough for interrupts to come while the stack is nearly used up: some of a hundred overflows meet one.
    /// </summary>
    private const int TurnsPerFrame = 500;

    private static readonly SharedLock s_sharedLock = new(LockRank.Log, "injected");
    private static readonly long[] s_passes = new long[(int)FaultSite.Count];
    private static readonly int[] s_numbers = new int[4];
    private static readonly object s_object = new();
    private static string? s_nothing;
    private static int s_armed = Nowhere;
    private static InjectedFault s_fault;
    private static HeldLock s_held;
    private static int s_passesLeft;
    private static int s_timesLeft;
    private static int s_next = Nowhere;
    private static ProcessorShare? s_spared;
    private static VmReference<VmLock> s_vmLock;
    private static int s_largest;
    private static int s_zero;

    /// <summary>True until the armed site was passed.</summary>
    public static bool IsArmed => Volatile.Read(ref s_armed) != Nowhere;

    /// <summary>How often a site was passed: one that never is cannot be tested with this guest.</summary>
    public static long PassesOf(FaultSite site) => Volatile.Read(ref s_passes[(int)site]);

    /// <summary>
    /// From now on the pass of <paramref name="site"/> with this number (1 is the next) faults, with a lock held where
    /// asked.
    /// </summary>
    public static void Arm(FaultSite site, InjectedFault fault, HeldLock held, int pass)
    {
        s_fault = fault;
        s_held = held;
        s_passesLeft = pass;
        s_timesLeft = 1;
        s_next = Nowhere;
        s_largest = int.MaxValue;
        s_zero = 0;
        s_nothing = null;
        Volatile.Write(ref s_armed, (int)site);
    }

    /// <summary>The site that was just armed faults at so many passes in a row; not with one that never ends.</summary>
    public static void Repeat(int times) => s_timesLeft = times;

    /// <summary>Once that is over, <paramref name="site"/> faults at its next pass.</summary>
    public static void Follow(FaultSite site) => s_next = (int)site;

    /// <summary>A lock of the VM that is running: the one that its faults are injected with.</summary>
    [Conditional("CHECKED")]
    public static void Lend(VmLock vmLock, VmLife life) => s_vmLock = new VmReference<VmLock>(vmLock, life);

    /// <summary>The handlers that serve one of the VM with this share neither fault nor count.</summary>
    public static void Spare(ProcessorShare share) => s_spared = share;

    /// <summary>A vCPU of that VM is served on this processor from now on.</summary>
    [Conditional("CHECKED")]
    public static void Serve(Schedulable cpu) => Processor.Current.Served = cpu;

    /// <summary>The number of the processor on which the last fault was made.</summary>
    public static int StruckProcessor { get; private set; }

    /// <summary>The vCPU in whose service it was made; null where that was none's own context.</summary>
    public static Schedulable? StruckCpu { get; private set; }

    public static void Disarm() => Volatile.Write(ref s_armed, Nowhere);

    /// <summary>Called by every handler; the product's build leaves the calls out.</summary>
    [Conditional("CHECKED")]
    public static void Pass(FaultSite site) => PassFor(site, ServedHere());

    /// <summary>As <see cref="Pass"/>, where something is done for <paramref name="cpu"/> from outside.</summary>
    [Conditional("CHECKED")]
    public static void PassFor(FaultSite site, Schedulable? cpu)
    {
        if (site == FaultSite.Nowhere || (cpu != null && cpu.Share == s_spared))
        {
            return;
        }

        _ = Interlocked.Increment(ref s_passes[(int)site]);
        if (Volatile.Read(ref s_armed) == (int)site)
        {
            // Several processors may pass at once: one of them has the number.
            if (Interlocked.Decrement(ref s_passesLeft) == 0)
            {
                ArmNext();
                StruckCpu = ServedHere();
                StruckProcessor = CurrentProcessor.Owner is Processor processor ? processor.Index : 0;
                Hold(s_held);
                Fault(s_fault);
            }
        }
    }

    /// <summary>The vCPU whose own context this is; null in a host task or an interrupt.</summary>
    private static Schedulable? ServedHere() =>
        CurrentProcessor.Owner is Processor { Task: null } processor && !CurrentProcessor.IsInInterrupt
            ? processor.Served
            : null;

    /// <summary>The same site again, the one that follows it, or none.</summary>
    private static void ArmNext()
    {
        if (s_timesLeft > 1)
        {
            s_timesLeft--;
            Volatile.Write(ref s_passesLeft, 1);
            return;
        }

        s_passesLeft = 1;
        s_timesLeft = 1;
        Volatile.Write(ref s_armed, s_next);
        s_next = Nowhere;
    }

    /// <summary>The kind that the boundary must report.</summary>
    public static FaultKind ExpectedKind(InjectedFault fault) => fault switch
    {
        InjectedFault.Index => FaultKind.IndexOutOfRange,
        InjectedFault.Null => FaultKind.NullReference,
        InjectedFault.Cast => FaultKind.InvalidCast,
        InjectedFault.Overflow => FaultKind.Overflow,
        InjectedFault.Divide => FaultKind.DivideByZero,
        InjectedFault.UnmappedAddress => FaultKind.UnmappedAddress,
        InjectedFault.GeneralProtection => FaultKind.GeneralProtection,
        InjectedFault.InvalidOpcode => FaultKind.InvalidOpcode,
        InjectedFault.StackOverflow => FaultKind.StackOverflow,
        _ => FaultKind.Stuck,
    };

    /// <summary>A VM that is being built has none to lend yet, but may still make one.</summary>
    private static void Hold(HeldLock held)
    {
        if (held == HeldLock.VmOwned)
        {
            VmLock vmLock = s_vmLock.Target ?? new VmLock();
            vmLock.Acquire();
        }
        else if (held == HeldLock.Shared)
        {
            s_sharedLock.Acquire();
        }
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void Fault(InjectedFault fault)
    {
        switch (fault)
        {
            case InjectedFault.Index:
                s_numbers[s_largest]++;
                break;
            case InjectedFault.Null:
                s_zero = s_nothing!.Length;
                break;
            case InjectedFault.Cast:
                s_nothing = (string)s_object;
                break;
            case InjectedFault.Overflow:
                s_zero = checked(s_largest + 1);
                break;
            case InjectedFault.Divide:
                s_largest /= s_zero;
                break;
            case InjectedFault.UnmappedAddress:
                s_zero = ReadAt(UnmappedAddress);
                break;
            case InjectedFault.GeneralProtection:
                s_zero = ReadAt(NonCanonicalAddress);
                break;
            case InjectedFault.InvalidOpcode:
                Instructions.Undefined();
                break;
            case InjectedFault.StackOverflow:
                s_zero = OverflowStack(1);
                break;
            default:
                NeverReturn();
                break;
        }
    }

    private static int ReadAt(ulong address) =>
        (int)new RegisterBlock(new HostVirtual(address), sizeof(int)).Read32(0);

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static int OverflowStack(int depth)
    {
        for (int turn = 0; turn < TurnsPerFrame; turn++)
        {
            _ = Volatile.Read(ref s_zero);
        }

        return depth + OverflowStack(depth + 1) + Volatile.Read(ref s_zero);
    }

    private static void NeverReturn()
    {
        if (CurrentProcessor.Owner is Processor { Task: not null })
        {
            _ = CurrentProcessor.DisableInterrupts();
        }

        while (!IsArmed)
        {
            Instructions.Pause();
        }
    }
}

// SPDX-License-Identifier: MIT
using System;
using Hypervisor.Guests.Kit;
using Hypervisor.Runtime;
using Hypervisor.X64;

namespace Hypervisor.Guests.Tests;

/// <summary>
/// Every kind of fault ends the call that it happened in, a thousand times over, and leaves nothing behind.
/// </summary>
internal static unsafe class ContainmentTests
{
    private const int Rounds = 1000;

    private const ulong NonCanonical = 0x8000_0000_0000_0000;

    private static int s_zero;
    private static int s_finallyRuns;
    private static int[]? s_null;
    private static readonly int[] s_three = [1, 2, 3];
    private static readonly object s_text = "text";
    private static readonly object[] s_strings = new string[1];

    [GuestTest]
    internal static void Index() =>
        Repeat(FaultKind.IndexOutOfRange, static () => s_three[s_three.Length + s_zero] = 1);

    [GuestTest]
    internal static void SpanIndex() =>
        Repeat(FaultKind.IndexOutOfRange, static () => s_three.AsSpan()[s_zero - 1] = 1);

    [GuestTest]
    internal static void Null() => Repeat(FaultKind.NullReference, static () => s_three[0] = s_null![0]);

    [GuestTest]
    internal static void NullInterface() =>
        Repeat(FaultKind.NullReference, static () => ((IDisposable)(object)s_null!).Dispose());

    [GuestTest]
    internal static void Cast() => Repeat(FaultKind.InvalidCast, static () => s_null = (int[])s_text);

    [GuestTest]
    internal static void Unbox() => Repeat(FaultKind.InvalidCast, static () => s_zero = (int)s_text);

    [GuestTest]
    internal static void ArrayStore() => Repeat(FaultKind.ArrayTypeMismatch, static () => s_strings[0] = s_three);

    [GuestTest]
    internal static void Overflow() =>
        Repeat(FaultKind.Overflow, static () => s_zero = checked(int.MaxValue + s_three.Length));

    [GuestTest]
    internal static void Divide() => Repeat(FaultKind.DivideByZero, static () => s_three[0] = 1 / s_zero);

    [GuestTest]
    internal static void NegativeArray() => Repeat(FaultKind.Overflow, static () => s_null = new int[s_zero - 1]);

    [GuestTest]
    internal static void NullableValue()
    {
        Repeat(FaultKind.InvalidOperation, static () => s_zero = (s_zero == 0 ? (int?)null : 1)!.Value);
    }

    [GuestTest]
    internal static void Throw() =>
        Repeat(FaultKind.NotSupported, static () => throw new NotSupportedException("a test"));

    [GuestTest]
    internal static void BrokenInvariant() => Repeat(FaultKind.Invariant, static () => Invariant.Check(s_zero != 0));

    [GuestTest]
    internal static void UnmappedAddress() =>
        Repeat(FaultKind.UnmappedAddress, static () => *(int*)0x7000_0000_0000 = 1);

    [GuestTest]
    internal static void GeneralProtection() =>
        Repeat(FaultKind.GeneralProtection, static () => *(int*)NonCanonical = 1);

    [GuestTest]
    internal static void Undefined() => Repeat(FaultKind.InvalidOpcode, static () => Instructions.Undefined());

    [GuestTest]
    internal static void SkipsFinally()
    {
        s_finallyRuns = 0;
        FaultKind kind = ContainedAction.Run(static () =>
        {
            try
            {
                s_three[s_three.Length] = 1;
            }
            finally
            {
                s_finallyRuns++;
            }
        });
        Check.Equal((int)FaultKind.IndexOutOfRange, (int)kind, "kind");
        Check.Equal(0, s_finallyRuns, "finally blocks that ran");
    }

    [GuestTest]
    internal static void Nests()
    {
        FaultKind inner = FaultKind.None;
        FaultKind outer = ContainedAction.Run(() =>
        {
            inner = ContainedAction.Run(static () => s_three[s_three.Length] = 1);
            s_three[0] = 1 / s_zero;
        });
        Check.Equal((int)FaultKind.IndexOutOfRange, (int)inner, "inner kind");
        Check.Equal((int)FaultKind.DivideByZero, (int)outer, "outer kind");
    }

    [GuestTest]
    internal static void RestoresInterruptFlag()
    {
        Instructions.DisableInterrupts();
        _ = ContainedAction.Run(static () =>
        {
            LocalApic.Enable();
            Pic.Initialize(0xffff);
            Instructions.EnableInterrupts();
            Invariant.Fail();
        });
        Check.Equal(0, Instructions.ReadFlags() & 0x200, "interrupt flag afterwards");
    }

    private static void Repeat(FaultKind expected, Action body)
    {
        ContainedAction call = new() { Body = body };
        long before = 0;
        RecoveryPoint* recovery = ProcessorContext.Current->Recovery;
        for (int i = 0; i < Rounds; i++)
        {
            Check.Equal((int)expected, (int)FaultBoundary.Run(call), "kind");
            Check.That(recovery == ProcessorContext.Current->Recovery, "a boundary was left behind");
            before = i == 0 ? GuestHeap.Used : before;
        }
        bool throws = expected == FaultKind.NotSupported;
        Check.That(throws || GuestHeap.Used == before, "something was allocated");
    }
}

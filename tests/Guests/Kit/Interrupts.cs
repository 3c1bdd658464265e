// SPDX-License-Identifier: MIT
using System.Runtime;
using System.Runtime.CompilerServices;
using System.Threading;
using Hypervisor.Runtime;
using Hypervisor.X64;

namespace Hypervisor.Guests.Kit;

/// <summary>
/// The guest's interrupt table: counts what arrives, acknowledges it, and turns exceptions into results.
/// </summary>
internal static unsafe class Interrupts
{
    internal const int DivideError = 0;
    internal const int Debug = 1;
    internal const int Nmi = 2;
    internal const int Breakpoint = 3;
    internal const int InvalidOpcode = 6;
    internal const int DeviceNotAvailable = 7;
    internal const int GeneralProtection = 13;
    internal const int PageFault = 14;
    internal const int FirstExternal = 32;

    private const int VectorCount = 256;
    private const int StubSize = 16;
    private const ulong InterruptFlag = 0x200;
    private const ulong TrapFlag = 0x100;

    private static readonly InterruptGate[] s_table = new InterruptGate[VectorCount];
    private static readonly int[] s_counts = new int[VectorCount];
    private static readonly ulong[] s_addresses = new ulong[VectorCount];
    private static readonly bool[] s_fromPic = new bool[VectorCount];

    private static int s_lastException = -1;
    private static ulong s_lastAddress;
    private static ulong s_lastErrorCode;
    private static ulong s_lastCr2;
    private static ulong s_lastFlags;
    private static ulong s_lastDr6;
    private static int s_lastVector;
    private static bool s_repeatsNmi;
    private static int s_dawdling;

    internal static int LastException => Volatile.Read(ref s_lastException);

    /// <summary>The instruction pointer that the last exception or interrupt pushed.</summary>
    internal static ulong LastAddress => Volatile.Read(ref s_lastAddress);

    internal static ulong LastErrorCode => s_lastErrorCode;

    internal static ulong LastFlags => s_lastFlags;

    internal static ulong LastCr2 => s_lastCr2;

    internal static ulong LastDr6 => s_lastDr6;

    /// <summary>The vector that came last, exceptions left out.</summary>
    internal static int LastVector => Volatile.Read(ref s_lastVector);

    internal static int Count(int vector) => Volatile.Read(ref s_counts[vector]);

    /// <summary>The instruction pointer that the vector pushed when it came last.</summary>
    internal static ulong AddressOf(int vector) => Volatile.Read(ref s_addresses[vector]);

    /// <summary>Where the vector's handler begins.</summary>
    internal static ulong HandlerOf(int vector) => (ulong)TrapStubs() + (ulong)(vector * StubSize);

    /// <summary>The vector is one of the PIC's: it is acknowledged there, not at the local APIC.</summary>
    internal static void ComesFromPic(int vector, bool fromPic) => s_fromPic[vector] = fromPic;

    internal static void Install()
    {
        nint stubs = TrapStubs();
        for (int i = 0; i < VectorCount; i++)
        {
            s_table[i] = new InterruptGate(stubs + (i * StubSize));
        }
        fixed (InterruptGate* table = s_table)
        {
            TableDescriptor descriptor = new((ulong)table, VectorCount * sizeof(InterruptGate));
            Instructions.LoadIdt(&descriptor);
        }
    }

    /// <summary>Interrupts off and forgotten, so that the next test starts from nothing.</summary>
    internal static void Quiet()
    {
        Instructions.DisableInterrupts();
        for (int i = 0; i < VectorCount; i++)
        {
            s_counts[i] = 0;
            s_fromPic[i] = false;
        }
        s_lastException = -1;
    }

    /// <summary>The handler of the next NMI sends another one, which has to wait for that handler's end.</summary>
    internal static void RepeatNextNmi() => s_repeatsNmi = true;

    /// <summary>
    /// From now on a handler counts so far before it acknowledges, without an exit; 0: it does not.
    /// </summary>
    internal static void Dawdle(int rounds) => s_dawdling = rounds;

    /// <summary>
    /// Waits with interrupts on until the vector has come <paramref name="count"/> times; false: it did not.
    /// </summary>
    internal static bool WaitFor(int vector, int count, ulong microseconds = 2_000_000)
    {
        ulong deadline = Time.Microseconds + microseconds;
        Instructions.EnableInterrupts();
        while (Count(vector) < count && Time.Microseconds < deadline)
        {
            Instructions.Pause();
        }
        Instructions.DisableInterrupts();
        return Count(vector) >= count;
    }

    [RuntimeExport("GuestTrap")]
    private static void Handle(TrapFrame* frame)
    {
        int vector = (int)frame->Vector;
        s_lastAddress = frame->Rip;
        s_addresses[vector] = frame->Rip;
        s_lastFlags = frame->Flags;
        Volatile.Write(ref s_counts[vector], s_counts[vector] + 1);
        if (vector >= FirstExternal)
        {
            Volatile.Write(ref s_lastVector, vector);
            for (int round = 0; round < Volatile.Read(ref s_dawdling); round++)
            {
            }

            Acknowledge(vector);
            return;
        }
        if (vector != Nmi)
        {
            HandleException(frame, vector);
        }
        else if (s_repeatsNmi)
        {
            s_repeatsNmi = false;
            LocalApic.SendToSelf(LocalApic.Nmi);
        }
    }

    private static void Acknowledge(int vector)
    {
        if (s_fromPic[vector])
        {
            Pic.Acknowledge(vector);
        }
        else
        {
            LocalApic.EndOfInterrupt();
        }
    }

    private static void HandleException(TrapFrame* frame, int vector)
    {
        s_lastErrorCode = frame->ErrorCode;
        s_lastCr2 = Instructions.ReadCr2();
        s_lastDr6 = Instructions.ReadDr(6);
        Volatile.Write(ref s_lastException, vector);
        ProbeState* probe = Probe();
        if (probe->StackPointer != 0)
        {
            frame->Rip = probe->ReturnAddress;
            frame->Rsp = probe->StackPointer;
            frame->Rax = (ulong)vector;
            frame->Flags &= ~TrapFlag;
            probe->StackPointer = 0;
            return;
        }
        if (FaultBoundary.IsActive)
        {
            FaultBoundary.Unwind(KindOf(vector, s_lastCr2));
        }
        GuestConsole.WriteLine($"EXCEPTION {vector} at {frame->Rip:x}, cr2 {s_lastCr2:x}, outside of every test");
        Power.Off(false);
    }

    private static FaultKind KindOf(int vector, ulong address) => vector switch
    {
        DivideError => FaultKind.DivideByZero,
        InvalidOpcode => FaultKind.InvalidOpcode,
        GeneralProtection => FaultKind.GeneralProtection,
        PageFault => address < 0x1000 ? FaultKind.NullReference : FaultKind.UnmappedAddress,
        _ => FaultKind.ProcessorException,
    };

    [MethodImpl(MethodImplOptions.InternalCall)]
    [RuntimeImport("*", "GuestTrapStubs")]
    private static extern nint TrapStubs();

    [MethodImpl(MethodImplOptions.InternalCall)]
    [RuntimeImport("*", "GuestProbe")]
    private static extern ProbeState* Probe();
}

// SPDX-License-Identifier: MIT
using System.Diagnostics.CodeAnalysis;
using System.Runtime;
using System.Runtime.CompilerServices;
using System.Threading;
using Hypervisor.X64;

namespace Hypervisor.Guests.Kit;

/// <summary>
/// All processors of the machine do their worst at the same time, for so many seconds; then the first one says how much
/// that was, and the machine switches itself off. Whoever meets an exception begins anew (Assault.S).
/// </summary>
internal static unsafe class Assault
{
    internal const int MostProcessors = 8;

    /// <summary>Where the others start: the page of Assault.S's code.</summary>
    internal const uint StartPage = 0xa;

    private const uint TimingLeaf = 0x40000010;
    private const int VectorCount = 256;
    private const int ExceptionCount = 32;
    private const int Nmi = 2;
    private const int StubSize = 16;
    private const uint AllOthers = 3 << 18;
    private const uint Init = 0x4500;
    private const uint Startup = 0x4600;

    private static readonly uint[] s_rounds = new uint[MostProcessors];
    private static readonly uint[] s_starts = new uint[MostProcessors];
    private static delegate*<int, ref Rng, void> s_step;
    private static string s_name = "";
    private static ulong s_end;
    private static int s_count;
    private static int s_isOver;

    /// <summary>How many processors have been there.</summary>
    internal static int Count => Volatile.Read(ref s_count);

    /// <summary>
    /// Runs <paramref name="step"/> on every processor until <paramref name="seconds"/> have passed; never returns.
    /// </summary>
    [DoesNotReturn]
    internal static void Run(string name, ulong seconds, int processors, delegate*<int, ref Rng, void> step)
    {
        s_name = name;
        s_step = step;
        s_count = processors;
        s_end = Instructions.ReadTimestamp() + (seconds * 1000 * Instructions.Cpuid(TimingLeaf).Eax);
        var gates = (InterruptGate*)Gates();
        for (int vector = 0; vector < VectorCount; vector++)
        {
            bool isException = vector < ExceptionCount && vector != Nmi;
            gates[vector] = new InterruptGate(isException ? Stubs() + (vector * StubSize) : Interrupted());
        }
        GuestConsole.WriteLine($" ASSAULT {name} on {processors}");
        LocalApic.Enable();
        _ = Place();
        LocalApic.Write(LocalApic.CommandLow, AllOthers | Init);
        LocalApic.Write(LocalApic.CommandLow, AllOthers | Startup | StartPage);
        Restart();
        Power.Off(false);
    }

    [RuntimeExport("GuestAssault")]
    private static void Main(int index)
    {
        s_starts[index]++;
        Rng random = new((uint)Instructions.ReadTimestamp() + (uint)index + 1);
        while (Volatile.Read(ref s_isOver) == 0 && (index != 0 || Instructions.ReadTimestamp() < s_end))
        {
            s_rounds[index]++;
            s_step(index, ref random);
        }
        if (index == 0)
        {
            Finish();
        }
        while (true)
        {
            Instructions.DisableInterrupts();
            Instructions.Halt();
        }
    }

    /// <summary>
    /// The first processor's words; the others are stopped by INIT first, which no state withstands. An exception that
    /// an attack has left behind may come here, and then it begins anew.
    /// </summary>
    private static void Finish()
    {
        Instructions.DisableInterrupts();
        Volatile.Write(ref s_isOver, 1);
        LocalApic.Write(LocalApic.CommandLow, AllOthers | Init);
        Instructions.Out8(0x3fb, 0x03);
        Instructions.Out8(0x3fc, 0x03);
        Instructions.Out8(0x3f9, 0x00);
        GuestConsole.Write("\r\nASSAULT DONE ");
        GuestConsole.Write(s_name);
        for (int index = 0; index < s_count; index++)
        {
            WriteNumber(" cpu", (uint)index);
            WriteNumber("=", s_rounds[index]);
            WriteNumber("/", s_starts[index]);
        }
        uint* exceptions = Exceptions();
        for (int vector = 0; vector < ExceptionCount; vector++)
        {
            if (exceptions[vector] != 0)
            {
                WriteNumber(" #", (uint)vector);
                WriteNumber(":", exceptions[vector]);
            }
        }
        GuestConsole.WriteLine(" END");
        Power.Off(true);
    }

    /// <summary>Without a heap: there is none for who has begun anew.</summary>
    private static void WriteNumber(string before, uint number)
    {
        GuestConsole.Write(before);
        uint power = 1;
        while (number / power >= 10)
        {
            power *= 10;
        }
        for (; power != 0; power /= 10)
        {
            char digit = (char)('0' + (number / power % 10));
            GuestConsole.Write(new System.ReadOnlySpan<char>(in digit));
        }
    }

    [MethodImpl(MethodImplOptions.InternalCall)]
    [RuntimeImport("*", "GuestPlaceAssault")]
    private static extern uint Place();

    [MethodImpl(MethodImplOptions.InternalCall)]
    [RuntimeImport("*", "GuestRestartAssault")]
    private static extern void Restart();

    [MethodImpl(MethodImplOptions.InternalCall)]
    [RuntimeImport("*", "GuestAssaultStubs")]
    private static extern nint Stubs();

    [MethodImpl(MethodImplOptions.InternalCall)]
    [RuntimeImport("*", "GuestAssaultInterrupted")]
    private static extern nint Interrupted();

    [MethodImpl(MethodImplOptions.InternalCall)]
    [RuntimeImport("*", "GuestAssaultGates")]
    private static extern nint Gates();

    [MethodImpl(MethodImplOptions.InternalCall)]
    [RuntimeImport("*", "GuestAssaultExceptions")]
    private static extern uint* Exceptions();
}

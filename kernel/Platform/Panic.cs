// SPDX-License-Identifier: MIT
using System;
using System.Diagnostics.CodeAnalysis;
using System.Threading;
using Hypervisor.Memory;
using Hypervisor.Runtime;
using Hypervisor.X64;

namespace Hypervisor.Platform;

/// <summary>
/// The end of the hypervisor for a bug of its own: the other processors are stopped, and reason, registers and stack
/// are written by polling the serial port. Nothing here takes a lock, allocates, or calls a virtual method.
/// </summary>
public static class Panic
{
    private const int StackDepth = 32;
    private const ushort DebugExitPort = 0xf4;
    private const byte DebugExitValue = 0x10;

    /// <summary>Bochs' exit port ends it after these letters, one at a time (Bochs, iodev/unmapped.cc).</summary>
    private const ushort BochsExitPort = 0x8900;
    private const uint StopByNmi = 0x000c_4400;
    private const uint X2ApicCommand = 0x830;
    private const ulong CommandRegister = 0x300;
    private const ulong RegisterBytes = 0x400;
    private const ushort ResetPort = 0xcf9;

    private static int s_reporter;
    private static int s_again;
    private static bool s_exitsDebugger;
    private static uint s_rebootSeconds;
    private static ulong s_timestampFrequency;
    private static HostVirtual s_localApic;
    private static bool s_hasOthers;

    /// <summary>True from the first panic on.</summary>
    public static bool IsActive => Volatile.Read(ref s_reporter) != 0;

    /// <summary>
    /// True where this processor is the one that reports: the watchdog's NMIs go on coming while it writes, and a slow
    /// line takes longer for a report than the time between two of them.
    /// </summary>
    internal static bool IsReporter => Volatile.Read(ref s_reporter) == ProcessorNumber;

    /// <summary>
    /// From 1 on. One that is not known yet is the first while nobody else runs, and later one that is being started.
    /// </summary>
    private static int ProcessorNumber =>
        CurrentProcessor.Owner is Processor processor ? processor.Index + 1 : s_hasOthers ? -1 : 1;

    /// <summary>
    /// Ends QEMU or Bochs through its exit port at a panic, with a failure. Only where the command line says so.
    /// </summary>
    public static void ExitDebugger() => s_exitsDebugger = true;

    /// <summary>Reboots so many seconds after a panic; 0 stays halted.</summary>
    public static void RebootAfter(uint seconds, ulong timestampFrequency)
    {
        s_rebootSeconds = seconds;
        s_timestampFrequency = timestampFrequency;
    }

    /// <summary>
    /// Other processors run and are to be stopped. <paramref name="localApic"/> is where this processor's local APIC is
    /// mapped; not used in x2APIC mode.
    /// </summary>
    public static void StopOthersThrough(HostVirtual localApic)
    {
        s_localApic = localApic;
        s_hasOthers = true;
    }

    /// <summary>Our bug, found by our own check.</summary>
    [DoesNotReturn]
    public static void Halt(string reason)
    {
        Begin(reason);
        WriteStack(0, Instructions.ReadFramePointer());
        End();
    }

    /// <summary>
    /// A fault was contained whose code has no one to go on for it: <paramref name="trace"/> is where it happened.
    /// </summary>
    [DoesNotReturn]
    public static void Contained(string reason, FaultKind kind, FaultTrace trace)
    {
        Begin(reason);
        EarlyConsole.Write(FaultNames.Of(kind));
        EarlyConsole.Write("  ");
        Field("detail", trace.Detail);
        EarlyConsole.Write("\r\nstack:\r\n");
        WriteFrame(0, trace.Rip);
        Span<ulong> addresses = stackalloc ulong[FaultTrace.Depth];
        int count = trace.CopyTo(addresses);
        for (int index = 0; index < count; index++)
        {
            WriteFrame((uint)index + 1, addresses[index]);
        }

        End();
    }

    /// <summary>A fault that C# code stated itself, where nothing may contain it.</summary>
    [DoesNotReturn]
    internal static void Fault(FaultKind kind, ulong detail, ulong framePointer)
    {
        Begin(FaultNames.Of(kind));
        WriteContext();
        Field("detail", detail);
        EarlyConsole.Write("\r\n");
        WriteStack(0, framePointer);
        End();
    }

    /// <summary>An exception of the processor that nothing may contain.</summary>
    [DoesNotReturn]
    internal static void Trap(in TrapFrame frame, string reason)
    {
        Begin(reason);
        EarlyConsole.Write("exception ");
        EarlyConsole.Write(FaultNames.OfVector(frame.Vector));
        EarlyConsole.Write("  ");
        WriteContext();
        WriteRegisters(in frame);
        WriteStack(frame.Rip, frame.Rbp);
        End();
    }

    /// <summary>Stops the calling processor for good: another one reports.</summary>
    [DoesNotReturn]
    internal static void Park()
    {
        while (true)
        {
            Instructions.DisableInterrupts();
            Instructions.Halt();
        }
    }

    private static void Begin(string reason)
    {
        Instructions.DisableInterrupts();
        int reporter = Interlocked.CompareExchange(ref s_reporter, ProcessorNumber, 0);
        if (reporter != 0)
        {
            if (reporter != ProcessorNumber || Interlocked.Increment(ref s_again) > 1)
            {
                Park();
            }

            // A fault in here: one line, then nothing more.
            EarlyConsole.Write("\r\nPANIC again: ");
            EarlyConsole.Write(reason);
            EarlyConsole.Write("\r\n");
            End();
        }

        StopOthers();
        EarlyConsole.Write("\r\n\r\nPANIC: ");
        EarlyConsole.Write(reason);
        EarlyConsole.Write(
            CurrentProcessor.SharedLocksHeld != 0 ? ", with a shared lock held\r\n" : "\r\n");
    }

    private static void StopOthers()
    {
        if (!s_hasOthers)
        {
            return;
        }

        if (new ApicBase(Instructions.ReadMsr(Msr.ApicBase)).X2ApicEnable)
        {
            Instructions.WriteMsr(X2ApicCommand, StopByNmi);
        }
        else
        {
            new RegisterBlock(s_localApic, RegisterBytes).Write32(CommandRegister, StopByNmi);
        }
    }

    private static void WriteContext()
    {
        Field("shared locks", (ulong)(uint)CurrentProcessor.SharedLocksHeld);
        Field("interrupt depth", (ulong)(uint)CurrentProcessor.InterruptDepth);
        EarlyConsole.Write("\r\n");
    }

    private static void WriteRegisters(in TrapFrame frame)
    {
        Row("error", frame.Error, "cr2", Instructions.ReadCr2(), "cr3", Instructions.ReadCr3());
        Row("rip  ", frame.Rip, "rsp", frame.Rsp, "rfl", frame.Rflags);
        Row("rax  ", frame.Rax, "rbx", frame.Rbx, "rcx", frame.Rcx);
        Row("rdx  ", frame.Rdx, "rsi", frame.Rsi, "rdi", frame.Rdi);
        Row("rbp  ", frame.Rbp, "r8 ", frame.R8, "r9 ", frame.R9);
        Row("r10  ", frame.R10, "r11", frame.R11, "r12", frame.R12);
        Row("r13  ", frame.R13, "r14", frame.R14, "r15", frame.R15);
        Row("cr0  ", Instructions.ReadCr0(), "cr4", Instructions.ReadCr4(), "cs ", frame.Cs);
    }

    private static void Row(string name0, ulong value0, string name1, ulong value1, string name2, ulong value2)
    {
        Field(name0, value0);
        Field(name1, value1);
        Field(name2, value2);
        EarlyConsole.Write("\r\n");
    }

    private static void Field(string name, ulong value)
    {
        EarlyConsole.Write(name);
        EarlyConsole.Write(" ");
        EarlyConsole.WriteHex(value);
        EarlyConsole.Write("  ");
    }

    /// <summary>One line a frame, as <c>hv symbolize</c> reads it; the faulting instruction comes first.</summary>
    private static void WriteStack(ulong rip, ulong framePointer)
    {
        Span<ulong> addresses = stackalloc ulong[StackDepth];
        int count = StackWalk.Collect(framePointer, addresses);
        EarlyConsole.Write("stack:\r\n");
        uint number = 0;
        if (rip != 0)
        {
            WriteFrame(number++, rip);
        }

        for (int index = 0; index < count; index++)
        {
            WriteFrame(number++, addresses[index]);
        }
    }

    private static void WriteFrame(uint number, ulong address)
    {
        EarlyConsole.Write("  #");
        EarlyConsole.WriteDecimal(number);
        EarlyConsole.Write(" ");
        EarlyConsole.WriteHex(address);
        EarlyConsole.Write("\r\n");
    }

    [DoesNotReturn]
    private static void End()
    {
        if (s_exitsDebugger)
        {
            Instructions.Out8(DebugExitPort, DebugExitValue);
            foreach (byte letter in "Shutdown"u8)
            {
                Instructions.Out8(BochsExitPort, letter);
            }
        }

        if (s_rebootSeconds != 0)
        {
            EarlyConsole.Write("reboot follows\r\n");
            ulong start = Instructions.ReadTimestamp();
            while (Instructions.ReadTimestamp() - start < s_rebootSeconds * s_timestampFrequency)
            {
                Instructions.Pause();
            }

            Instructions.Out8(ResetPort, 0x06);
        }

        EarlyConsole.Write("halted\r\n");
        Park();
    }
}

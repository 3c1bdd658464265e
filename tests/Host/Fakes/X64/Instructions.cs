// SPDX-License-Identifier: MIT
using System;
using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Threading;
using Hypervisor.Runtime;

namespace Hypervisor.X64;

/// <summary>
/// The host flavour's instructions: the same members, working on this thread's <see cref="FakeProcessor"/>.
/// </summary>
public static unsafe class Instructions
{
    private const ulong InterruptFlag = 1UL << 9;

    [ThreadStatic]
    private static nint s_context;

    private static FakeProcessor Processor => FakeProcessor.Current;

    public static ProcessorContext* CurrentContext
    {
        get
        {
            if (s_context == 0)
            {
                s_context = (nint)NativeMemory.AllocZeroed(4096);
            }

            return (ProcessorContext*)s_context;
        }
    }

    public static ulong ReadCr0() => Processor.ControlRegisters[0];

    public static ulong ReadCr2() => Processor.ControlRegisters[2];

    public static ulong ReadCr3() => Processor.ControlRegisters[3];

    public static ulong ReadCr4() => Processor.ControlRegisters[4];

    public static ulong ReadCr8() => Processor.ControlRegisters[8];

    public static void WriteCr0(ulong value) => Processor.ControlRegisters[0] = value;

    public static void WriteCr2(ulong value) => Processor.ControlRegisters[2] = value;

    public static void WriteCr3(ulong value) => Processor.ControlRegisters[3] = value;

    public static void WriteCr4(ulong value) => Processor.ControlRegisters[4] = value;

    public static void WriteCr8(ulong value) => Processor.ControlRegisters[8] = value;

    public static ulong ReadDr(int index) => Processor.DebugRegisters[index];

    public static void WriteDr(int index, ulong value) => Processor.DebugRegisters[index] = value;

    public static CpuidResult Cpuid(uint leaf, uint subleaf = 0) =>
        Processor.CpuidLeaves.TryGetValue((leaf, subleaf), out CpuidResult result) ? result : default;

    public static bool TryReadRandom(out ulong value)
    {
        value = (ulong)Random.Shared.NextInt64();
        return true;
    }

    public static bool SaveAndDisableInterrupts()
    {
        bool enabled = Processor.InterruptsEnabled;
        Processor.InterruptsEnabled = false;
        return enabled;
    }

    public static void RestoreInterrupts(bool enabled)
    {
        if (enabled)
        {
            Processor.InterruptsEnabled = true;
        }
    }

    public static ulong ReadMsr(uint index) => Processor.Msrs.TryGetValue(index, out ulong value) ? value : 0;

    public static void WriteMsr(uint index, ulong value) => Processor.Msrs[index] = value;

    public static ulong Xgetbv(uint index) => Processor.Xcr0;

    public static void Xsetbv(uint index, ulong value) => Processor.Xcr0 = value;

    public static void Xsave(void* area, ulong components)
    {
    }

    public static void Xrstor(void* area, ulong components)
    {
    }

    public static ulong ReadTimestamp() => Processor.Timestamp++;

    public static byte In8(ushort port) => (byte)Processor.PortRead(port, 1);

    public static ushort In16(ushort port) => (ushort)Processor.PortRead(port, 2);

    public static uint In32(ushort port) => Processor.PortRead(port, 4);

    public static void Out8(ushort port, byte value) => Processor.PortWrite(port, 1, value);

    public static void Out16(ushort port, ushort value) => Processor.PortWrite(port, 2, value);

    public static void Out32(ushort port, uint value) => Processor.PortWrite(port, 4, value);

    public static void InvalidatePage(ulong linearAddress)
    {
    }

    public static void WriteBackInvalidate()
    {
    }

    public static void FenceBeforeMsr() => Interlocked.MemoryBarrier();

    public static void Halt() => Processor.Halts++;

    public static void EnableInterrupts() => Processor.InterruptsEnabled = true;

    public static void DisableInterrupts() => Processor.InterruptsEnabled = false;

    public static void EnableInterruptsAndHalt()
    {
        EnableInterrupts();
        Halt();
    }

    public static ulong ReadFlags() => Processor.InterruptsEnabled ? InterruptFlag : 0;

    public static void Pause() => Thread.SpinWait(1);

    public static void Breakpoint() => throw new UnreachableException("INT3");

    public static void RaiseMachineCheck() => Processor.MachineChecks++;

    public static void Undefined() => throw new UnreachableException("UD2");

    public static ulong ReadInterruptTable() => Processor.InterruptTable;

    public static void LoadIdt(TableDescriptor* descriptor)
    {
    }

    public static void LoadGdt(TableDescriptor* descriptor, ushort code, ushort data)
    {
    }

    public static ulong ReadFramePointer() => 0;

    public static void LoadTaskRegister(ushort selector)
    {
    }
}

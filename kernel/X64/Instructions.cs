// SPDX-License-Identifier: MIT
using System;
using System.Runtime;
using System.Runtime.CompilerServices;
using Hypervisor.Runtime;

namespace Hypervisor.X64;

/// <summary>
/// The processor's instructions that C# has no words for, one method each; the code is in Instructions.S. Wrong use
/// raises #GP or #UD, which is contained like any fault of C#.
/// </summary>
public static unsafe class Instructions
{
    [MethodImpl(MethodImplOptions.InternalCall)]
    [RuntimeImport("*", "HvReadCr0")]
    public static extern ulong ReadCr0();

    [MethodImpl(MethodImplOptions.InternalCall)]
    [RuntimeImport("*", "HvReadCr2")]
    public static extern ulong ReadCr2();

    [MethodImpl(MethodImplOptions.InternalCall)]
    [RuntimeImport("*", "HvReadCr3")]
    public static extern ulong ReadCr3();

    [MethodImpl(MethodImplOptions.InternalCall)]
    [RuntimeImport("*", "HvReadCr4")]
    public static extern ulong ReadCr4();

    [MethodImpl(MethodImplOptions.InternalCall)]
    [RuntimeImport("*", "HvReadCr8")]
    public static extern ulong ReadCr8();

    [MethodImpl(MethodImplOptions.InternalCall)]
    [RuntimeImport("*", "HvWriteCr0")]
    public static extern void WriteCr0(ulong value);

    [MethodImpl(MethodImplOptions.InternalCall)]
    [RuntimeImport("*", "HvWriteCr2")]
    public static extern void WriteCr2(ulong value);

    [MethodImpl(MethodImplOptions.InternalCall)]
    [RuntimeImport("*", "HvWriteCr3")]
    public static extern void WriteCr3(ulong value);

    [MethodImpl(MethodImplOptions.InternalCall)]
    [RuntimeImport("*", "HvWriteCr4")]
    public static extern void WriteCr4(ulong value);

    [MethodImpl(MethodImplOptions.InternalCall)]
    [RuntimeImport("*", "HvWriteCr8")]
    public static extern void WriteCr8(ulong value);

    /// <summary>Debug register <paramref name="index"/>: 0..3, 6 or 7.</summary>
    public static ulong ReadDr(int index) => index switch
    {
        0 => ReadDr0(),
        1 => ReadDr1(),
        2 => ReadDr2(),
        3 => ReadDr3(),
        6 => ReadDr6(),
        7 => ReadDr7(),
        _ => throw new ArgumentOutOfRangeException(),
    };

    /// <summary>Debug register <paramref name="index"/>: 0..3, 6 or 7.</summary>
    public static void WriteDr(int index, ulong value)
    {
        switch (index)
        {
            case 0: WriteDr0(value); break;
            case 1: WriteDr1(value); break;
            case 2: WriteDr2(value); break;
            case 3: WriteDr3(value); break;
            case 6: WriteDr6(value); break;
            case 7: WriteDr7(value); break;
            default: throw new ArgumentOutOfRangeException();
        }
    }

    /// <summary>The context that GS points at: this processor's, or that of the host task that runs.</summary>
    public static ProcessorContext* CurrentContext => ProcessorContext.Current;

    public static CpuidResult Cpuid(uint leaf, uint subleaf = 0)
    {
        CpuidResult result;
        Cpuid(leaf, subleaf, &result);
        return result;
    }

    /// <summary>
    /// RDRAND; false where the source had nothing to give (try again), #UD where CPUID does not report it.
    /// </summary>
    public static bool TryReadRandom(out ulong value)
    {
        fixed (ulong* result = &value)
        {
            return TryReadRandom(result) != 0;
        }
    }

    /// <summary>Interrupts off; true where they were on, for <see cref="RestoreInterrupts"/>.</summary>
    public static bool SaveAndDisableInterrupts() => SaveAndDisable() != 0;

    /// <summary>
    /// Interrupts on again where <paramref name="enabled"/>, the result of the call that this one pairs with.
    /// </summary>
    public static void RestoreInterrupts(bool enabled)
    {
        if (enabled)
        {
            EnableInterrupts();
        }
    }

    /// <summary>Reads a model-specific register; #GP where the processor has none of this index.</summary>
    [MethodImpl(MethodImplOptions.InternalCall)]
    [RuntimeImport("*", "HvReadMsr")]
    public static extern ulong ReadMsr(uint index);

    /// <summary>
    /// Stores before it are seen before a WRMSR after it that does not serialize: MFENCE, LFENCE (Intel SDM volume 3,
    /// 11.12.3).
    /// </summary>
    [MethodImpl(MethodImplOptions.InternalCall)]
    [RuntimeImport("*", "HvFenceBeforeMsr")]
    public static extern void FenceBeforeMsr();

    [MethodImpl(MethodImplOptions.InternalCall)]
    [RuntimeImport("*", "HvWriteMsr")]
    public static extern void WriteMsr(uint index, ulong value);

    [MethodImpl(MethodImplOptions.InternalCall)]
    [RuntimeImport("*", "HvXgetbv")]
    public static extern ulong Xgetbv(uint index);

    [MethodImpl(MethodImplOptions.InternalCall)]
    [RuntimeImport("*", "HvXsetbv")]
    public static extern void Xsetbv(uint index, ulong value);

    /// <summary>
    /// Stores extended state; <paramref name="area"/> is 64-byte aligned and as long as CPUID.0DH says.
    /// </summary>
    [MethodImpl(MethodImplOptions.InternalCall)]
    [RuntimeImport("*", "HvXsave")]
    public static extern void Xsave(void* area, ulong components);

    /// <summary>Loads extended state; <paramref name="area"/> is 64-byte aligned.</summary>
    [MethodImpl(MethodImplOptions.InternalCall)]
    [RuntimeImport("*", "HvXrstor")]
    public static extern void Xrstor(void* area, ulong components);

    /// <summary>The time-stamp counter, read after everything before it has been done.</summary>
    [MethodImpl(MethodImplOptions.InternalCall)]
    [RuntimeImport("*", "HvReadTimestamp")]
    public static extern ulong ReadTimestamp();

    [MethodImpl(MethodImplOptions.InternalCall)]
    [RuntimeImport("*", "HvIn8")]
    public static extern byte In8(ushort port);

    [MethodImpl(MethodImplOptions.InternalCall)]
    [RuntimeImport("*", "HvIn16")]
    public static extern ushort In16(ushort port);

    [MethodImpl(MethodImplOptions.InternalCall)]
    [RuntimeImport("*", "HvIn32")]
    public static extern uint In32(ushort port);

    [MethodImpl(MethodImplOptions.InternalCall)]
    [RuntimeImport("*", "HvOut8")]
    public static extern void Out8(ushort port, byte value);

    [MethodImpl(MethodImplOptions.InternalCall)]
    [RuntimeImport("*", "HvOut16")]
    public static extern void Out16(ushort port, ushort value);

    [MethodImpl(MethodImplOptions.InternalCall)]
    [RuntimeImport("*", "HvOut32")]
    public static extern void Out32(ushort port, uint value);

    [MethodImpl(MethodImplOptions.InternalCall)]
    [RuntimeImport("*", "HvInvalidatePage")]
    public static extern void InvalidatePage(ulong linearAddress);

    [MethodImpl(MethodImplOptions.InternalCall)]
    [RuntimeImport("*", "HvWriteBackInvalidate")]
    public static extern void WriteBackInvalidate();

    [MethodImpl(MethodImplOptions.InternalCall)]
    [RuntimeImport("*", "HvHalt")]
    public static extern void Halt();

    [MethodImpl(MethodImplOptions.InternalCall)]
    [RuntimeImport("*", "HvEnableInterrupts")]
    public static extern void EnableInterrupts();

    [MethodImpl(MethodImplOptions.InternalCall)]
    [RuntimeImport("*", "HvDisableInterrupts")]
    public static extern void DisableInterrupts();

    /// <summary>Sleeps until an interrupt; one that comes between the two instructions is not missed.</summary>
    [MethodImpl(MethodImplOptions.InternalCall)]
    [RuntimeImport("*", "HvEnableInterruptsAndHalt")]
    public static extern void EnableInterruptsAndHalt();

    [MethodImpl(MethodImplOptions.InternalCall)]
    [RuntimeImport("*", "HvReadFlags")]
    public static extern ulong ReadFlags();

    [MethodImpl(MethodImplOptions.InternalCall)]
    [RuntimeImport("*", "HvPause")]
    public static extern void Pause();

    [MethodImpl(MethodImplOptions.InternalCall)]
    [RuntimeImport("*", "HvBreakpoint")]
    public static extern void Breakpoint();

    /// <summary>
    /// Calls the handler of machine checks as one would: for one that an exit from a guest has taken.
    /// </summary>
    [MethodImpl(MethodImplOptions.InternalCall)]
    [RuntimeImport("*", "HvRaiseMachineCheck")]
    public static extern void RaiseMachineCheck();

    /// <summary>UD2: raises #UD.</summary>
    [MethodImpl(MethodImplOptions.InternalCall)]
    [RuntimeImport("*", "HvUndefined")]
    public static extern void Undefined();

    /// <summary>SIDT: the linear address of the interrupt table.</summary>
    [MethodImpl(MethodImplOptions.InternalCall)]
    [RuntimeImport("*", "HvReadInterruptTable")]
    public static extern ulong ReadInterruptTable();

    [MethodImpl(MethodImplOptions.InternalCall)]
    [RuntimeImport("*", "HvLoadIdt")]
    public static extern void LoadIdt(TableDescriptor* descriptor);

    /// <summary>Loads the table and reloads CS, DS, ES and SS; FS and GS stay as they are.</summary>
    [MethodImpl(MethodImplOptions.InternalCall)]
    [RuntimeImport("*", "HvLoadGdt")]
    public static extern void LoadGdt(TableDescriptor* descriptor, ushort code, ushort data);

    [MethodImpl(MethodImplOptions.InternalCall)]
    [RuntimeImport("*", "HvLoadTaskRegister")]
    public static extern void LoadTaskRegister(ushort selector);

    /// <summary>RBP of the calling method: the record {caller's RBP, return address} lies there.</summary>
    [MethodImpl(MethodImplOptions.InternalCall)]
    [RuntimeImport("*", "HvReadFramePointer")]
    public static extern ulong ReadFramePointer();

    [MethodImpl(MethodImplOptions.InternalCall)]
    [RuntimeImport("*", "HvReadDr0")]
    private static extern ulong ReadDr0();

    [MethodImpl(MethodImplOptions.InternalCall)]
    [RuntimeImport("*", "HvReadDr1")]
    private static extern ulong ReadDr1();

    [MethodImpl(MethodImplOptions.InternalCall)]
    [RuntimeImport("*", "HvReadDr2")]
    private static extern ulong ReadDr2();

    [MethodImpl(MethodImplOptions.InternalCall)]
    [RuntimeImport("*", "HvReadDr3")]
    private static extern ulong ReadDr3();

    [MethodImpl(MethodImplOptions.InternalCall)]
    [RuntimeImport("*", "HvReadDr6")]
    private static extern ulong ReadDr6();

    [MethodImpl(MethodImplOptions.InternalCall)]
    [RuntimeImport("*", "HvReadDr7")]
    private static extern ulong ReadDr7();

    [MethodImpl(MethodImplOptions.InternalCall)]
    [RuntimeImport("*", "HvWriteDr0")]
    private static extern void WriteDr0(ulong value);

    [MethodImpl(MethodImplOptions.InternalCall)]
    [RuntimeImport("*", "HvWriteDr1")]
    private static extern void WriteDr1(ulong value);

    [MethodImpl(MethodImplOptions.InternalCall)]
    [RuntimeImport("*", "HvWriteDr2")]
    private static extern void WriteDr2(ulong value);

    [MethodImpl(MethodImplOptions.InternalCall)]
    [RuntimeImport("*", "HvWriteDr3")]
    private static extern void WriteDr3(ulong value);

    [MethodImpl(MethodImplOptions.InternalCall)]
    [RuntimeImport("*", "HvWriteDr6")]
    private static extern void WriteDr6(ulong value);

    [MethodImpl(MethodImplOptions.InternalCall)]
    [RuntimeImport("*", "HvWriteDr7")]
    private static extern void WriteDr7(ulong value);

    [MethodImpl(MethodImplOptions.InternalCall)]
    [RuntimeImport("*", "HvCpuid")]
    private static extern void Cpuid(uint leaf, uint subleaf, CpuidResult* result);

    [MethodImpl(MethodImplOptions.InternalCall)]
    [RuntimeImport("*", "HvTryReadRandom")]
    private static extern int TryReadRandom(ulong* result);

    [MethodImpl(MethodImplOptions.InternalCall)]
    [RuntimeImport("*", "HvSaveAndDisableInterrupts")]
    private static extern int SaveAndDisable();
}

// SPDX-License-Identifier: MIT
using System;
using System.ComponentModel;
using System.Runtime.InteropServices;
using System.Threading;
using Hypervisor.Virtualization;

namespace Hypervisor.Fuzz.Emulation;

/// <summary>
/// Executes one instruction on the processor that the test runs on, in 64-, 32- or 16-bit code, and tells what it did
/// or which exception it raised. Linux on x86-64 only: segments come from the process's local descriptor table,
/// exceptions arrive as signals.
/// </summary>
internal sealed unsafe class NativeProcessor
{
    public const int CodeSelector64 = 0x33;
    public const int StackSelector = 0x2B;
    public const int SegmentationFault = 11;
    public const int BusError = 7;
    public const int IllegalInstruction = 4;

    /// <summary>Where the data segments of 32- and 16-bit code may begin.</summary>
    public static readonly ulong[] SegmentBases =
        [0, TestLayout.Window, TestLayout.Window - 0x1234, TestLayout.Window + 0x2100, TestLayout.Window - 0xF000];

    private const int Read = 1;
    private const int ReadWrite = 3;
    private const int All = 7;
    private const int FixedPrivateAnonymous = 0x10_0022;
    private const int SharedFixed = 0x11;
    private const int Shared = 1;
    private const int SetMask = 2;
    private const int ModifyLdt = 154;
    private const int MemoryFileCreate = 319;
    private const int AuxiliaryCapabilities = 26;
    private const ulong HasSegmentBases = 2;
    private const int OnStackAndInformation = 0x0800_0004;
    private const int SignalWords = 16;
    private const int ActionSize = 152;
    private const int ActionFlags = 136;
    private const int FlatCode32 = 1;
    private const int FlatCode16 = 2;
    private const int FirstData = 3;

    private static readonly Lazy<NativeProcessor?> s_instance = new(Create);

    private readonly NativeState* _state = (NativeState*)TestLayout.State;
    private readonly byte* _shadow;
    private readonly NativeCode _code = new();
    private readonly Lock _lock = new();

    private NativeProcessor()
    {
        Check(MemoryMap((nint)TestLayout.Start, (nint)TestLayout.Length, 0, FixedPrivateAnonymous, -1, 0));
        Check(Protect((nint)TestLayout.Code, (nint)TestLayout.PageSize, All));
        Check(Protect((nint)TestLayout.State, (nint)TestLayout.PageSize, ReadWrite));
        _code.Bytes.CopyTo(new Span<byte>((void*)TestLayout.Code, (int)TestLayout.PageSize));
        _shadow = MapWindow();
        InstallSegments();
        InstallHandlers();
    }

    /// <summary>Null where this computer or its kernel cannot do it.</summary>
    public static NativeProcessor? Instance => s_instance.Value;

    /// <summary>The window's memory, writable in all of its pages.</summary>
    public Span<byte> Window => new(_shadow, (int)TestLayout.WindowLength);

    /// <summary>Runs a case; its memory must have been put into the window. One at a time.</summary>
    public NativeOutcome Run(InstructionCase test)
    {
        lock (_lock)
        {
            WriteCode(test);
            Load(test);
            ulong* blocked = stackalloc ulong[SignalWords];
            ulong* before = stackalloc ulong[SignalWords];
            *blocked = ~(Bit(SegmentationFault) | Bit(BusError) | Bit(IllegalInstruction));
            _ = SetSignals(SetMask, blocked, before);
            ((delegate* unmanaged<void>)TestLayout.Code)();
            _ = SetSignals(SetMask, before, null);
            return NativeOutcome.From(_state);
        }
    }

    private static ulong Bit(int signal) => 1UL << (signal - 1);

    private static NativeProcessor? Create() =>
        OperatingSystem.IsLinux() && RuntimeInformation.ProcessArchitecture == Architecture.X64
        && (AuxiliaryValue(AuxiliaryCapabilities) & HasSegmentBases) != 0
            ? new NativeProcessor()
            : null;

    /// <summary>The instruction, and the jump that ends it, in the words of its mode.</summary>
    private void WriteCode(InstructionCase test)
    {
        var place = new Span<byte>((void*)TestLayout.Instruction, 64);
        test.Code.CopyTo(place);
        Span<byte> end = place.Slice(test.Code.Length);
        switch (test.Bits)
        {
            case 64:
                new byte[] { 0xFF, 0x25, 0, 0, 0, 0 }.CopyTo(end);
                _ = BitConverter.TryWriteBytes(end.Slice(6), _code.Epilogue);
                break;
            case 32:
                end[0] = 0xEA;
                WriteFarPointer(end.Slice(1));
                break;
            default:
                end[0] = 0x66;
                end[1] = 0xEA;
                WriteFarPointer(end.Slice(2));
                break;
        }
    }

    private void WriteFarPointer(Span<byte> place)
    {
        _ = BitConverter.TryWriteBytes(place, (uint)_code.Epilogue);
        _ = BitConverter.TryWriteBytes(place.Slice(4), (ushort)CodeSelector64);
    }

    private void Load(InstructionCase test)
    {
        for (int number = 0; number < 16; number++)
        {
            _state->General[number] = test.General[number];
        }

        for (int word = 0; word < 32; word++)
        {
            _state->Vector[word] = test.Vector[word];
        }

        _state->Flags = test.Flags;
        _state->FsBase = test.SegmentBase(SegmentRegister.Fs);
        _state->GsBase = test.SegmentBase(SegmentRegister.Gs);
        _state->Faulted = 0;
        foreach (SegmentRegister segment in InstructionCase.DataSegments)
        {
            _state->Segments[(int)segment] = test.Bits == 64 ? (ushort)0 : DataSelector(test, segment);
        }

        if (test.Bits == 64)
        {
            _state->Segments[(int)SegmentRegister.Ss] = StackSelector;
        }

        _state->TargetOffset = (uint)(TestLayout.Instruction - (test.Bits == 16 ? TestLayout.Code : 0));
        _state->TargetSelector = test.Bits switch
        {
            64 => CodeSelector64,
            32 => Selector(FlatCode32),
            _ => Selector(FlatCode16),
        };
    }

    private static ushort Selector(int entry) => (ushort)((entry << 3) | 7);

    private static ushort DataSelector(InstructionCase test, SegmentRegister segment)
    {
        bool isSmallStack = segment == SegmentRegister.Ss && !test.HasLargeStack;
        int entry = FirstData + (test.SegmentChoice[(int)segment] * 2) + (isSmallStack ? 1 : 0);
        return Selector(entry);
    }

    /// <summary>The window's pages, and another view of them that can always be written.</summary>
    private static byte* MapWindow()
    {
        const nint Length = (nint)TestLayout.WindowLength;
        byte name = 0;
        int file = (int)SystemCall(MemoryFileCreate, (nint)(&name), 0, 0);
        Check(file);
        Check(Truncate(file, Length));
        Check(MemoryMap((nint)TestLayout.Window, Length, ReadWrite, SharedFixed, file, 0));
        Check(Protect(PageAt(TestLayout.ReadOnlyPage), (nint)TestLayout.PageSize, Read));
        Check(Protect(PageAt(TestLayout.AbsentPage), (nint)TestLayout.PageSize, 0));
        nint shadow = MemoryMap(0, Length, ReadWrite, Shared, file, 0);
        Check(shadow);

        // The page that is only read has to be there before it is written to: "absent" and "not writable" differ.
        new Span<byte>((void*)shadow, (int)Length).Clear();
        _ = Volatile.Read(ref *(byte*)PageAt(TestLayout.ReadOnlyPage));
        return (byte*)shadow;
    }

    private static nint PageAt(int page) => (nint)(TestLayout.Window + ((ulong)page * TestLayout.PageSize));

    /// <summary>struct user_desc: number, base, limit, and bits 32-bit, contents (2: code), limit in pages.</summary>
    private static void InstallSegments()
    {
        const uint Code = 2 << 1;
        const uint Large = 1;
        const uint InPages = 1 << 4;
        InstallSegment(FlatCode32, 0, 0xF_FFFF, Large | Code | InPages);
        InstallSegment(FlatCode16, (uint)TestLayout.Code, 0xFFFF, Code);
        for (int choice = 0; choice < SegmentBases.Length; choice++)
        {
            uint start = (uint)SegmentBases[choice];
            InstallSegment(FirstData + (choice * 2), start, 0xF_FFFF, Large | InPages);
            InstallSegment(FirstData + (choice * 2) + 1, start, 0xF_FFFF, InPages);
        }
    }

    private static void InstallSegment(int number, uint start, uint limit, uint bits)
    {
        uint* description = stackalloc uint[] { (uint)number, start, limit, bits };
        Check((nint)SystemCall(ModifyLdt, 1, (nint)description, 16));
    }

    private void InstallHandlers()
    {
        int[] signals = [SegmentationFault, BusError, IllegalInstruction];
        byte* action = stackalloc byte[ActionSize];
        for (int index = 0; index < signals.Length; index++)
        {
            Check(ChangeAction(signals[index], null, action));
            _state->OldHandlers[index] = *(ulong*)action;
            *(ulong*)action = _code.Handler;
            *(int*)(action + ActionFlags) |= OnStackAndInformation;
            Check(ChangeAction(signals[index], action, null));
        }
    }

    private static void Check(nint result)
    {
        if (result == -1)
        {
            throw new Win32Exception(Marshal.GetLastPInvokeError());
        }
    }

    [DllImport("libc", EntryPoint = "mmap", SetLastError = true)]
    private static extern nint MemoryMap(nint address, nint length, int protection, int flags, int file, nint offset);

    [DllImport("libc", EntryPoint = "mprotect", SetLastError = true)]
    private static extern int Protect(nint address, nint length, int protection);

    [DllImport("libc", EntryPoint = "ftruncate", SetLastError = true)]
    private static extern int Truncate(int file, nint length);

    [DllImport("libc", EntryPoint = "syscall", SetLastError = true)]
    private static extern nint SystemCall(nint number, nint first, nint second, nint third);

    [DllImport("libc", EntryPoint = "sigaction", SetLastError = true)]
    private static extern int ChangeAction(int signal, byte* action, byte* old);

    [DllImport("libc", EntryPoint = "pthread_sigmask")]
    private static extern int SetSignals(int how, ulong* set, ulong* old);

    [DllImport("libc", EntryPoint = "getauxval")]
    private static extern ulong AuxiliaryValue(ulong kind);
}

// SPDX-License-Identifier: MIT
using System;
using System.Collections.Generic;
using System.Linq;
using System.Runtime.Intrinsics.X86;
using Hypervisor.Memory;
using Hypervisor.Virtualization;
using Hypervisor.X64;
using Iced.Intel;
using Xunit;
using Xunit.Sdk;

namespace Hypervisor.Fuzz.Emulation;

/// <summary>One case on the processor and in the emulator: the same registers, flags, memory and exceptions.</summary>
internal sealed class OutcomeComparison(NativeProcessor processor, EmulatedProcessor emulated)
{
    private const ulong NonCanonicalStart = 1UL << 47;
    private const ulong NonCanonicalEnd = ulong.MaxValue << 47;
    private const int InvalidOpcode = 6;
    private const int PageFault = 14;
    private const ulong StatusFlags = 0x8D5;
    private const ulong DirectionFlag = 1 << 10;
    private const int Rcx = 1;
    private const int Rsi = 6;
    private const int Rdi = 7;

    /// <summary>
    /// Which of several faults comes first, and what repeated instructions leave then, is each maker's own: it is
    /// compared with the one that the emulator follows.
    /// </summary>
    private static readonly bool s_isIntel = X86Base.CpuId(0, 0).Ebx == 0x756E_6547;

    /// <summary>
    /// Compares; false where the case is none: its accesses could hurt, reach no device, or fault before they do.
    /// </summary>
    public bool TryCompare(InstructionCase test, ReadOnlySpan<byte> content)
    {
        IReadOnlyList<MemoryTouch> touches = test.Touches();
        bool canRun = touches.All(IsHarmless) && !touches.Any(test.IsBeyondCodeSegment);
        if (!canRun || !TryFindDevice(touches, out ulong fault))
        {
            return false;
        }

        content.CopyTo(processor.Window);
        NativeOutcome expected = processor.Run(test);
        if (IsBeforeTheDevice(test, touches, expected, fault))
        {
            return false;
        }

        emulated.SetWindow(content);
        emulated.Load(test);
        ExitAction action = emulated.Run(new GuestPhysical(fault));
        Compare(test, touches, expected, action);
        return true;
    }

    /// <summary>Only the emulator: it ends, raises what an instruction can raise, and touches nothing else.</summary>
    public void RunAlone(InstructionCase test, ReadOnlySpan<byte> content)
    {
        IReadOnlyList<MemoryTouch> touches = test.Touches();
        emulated.SetWindow(content);
        emulated.Load(test);
        ExitAction action = emulated.Run(new GuestPhysical(touches[0].Address));
        CheckAction(test, action);
        if (!test.IsRepeated)
        {
            CheckAccesses(test, touches);
        }
    }

    /// <summary>
    /// An exception that the processor raises before it asks the nested tables: the emulator never sees the
    /// instruction. That is one of the first access, or of the form itself.
    /// </summary>
    private static bool IsBeforeTheDevice(
        InstructionCase test, IReadOnlyList<MemoryTouch> touches, NativeOutcome expected, ulong fault)
    {
        bool hasBegun = test.IsRepeated && (uint)expected.General[Rcx] != (uint)test.General[Rcx];
        return !hasBegun && expected.Exception switch
        {
            NativeOutcome.NoException => false,
            PageFault => TestLayout.PageOf(expected.Address) == TestLayout.PageOf(fault),
            InvalidOpcode => true,
            _ => touches.Count == 1,
        };
    }

    private static bool IsHarmless(MemoryTouch touch) =>
        TestLayout.IsHarmless(touch.Address, (ulong)touch.Size) || IsNonCanonical(touch.Address);

    private static bool IsNonCanonical(ulong address) => address is >= NonCanonicalStart and < NonCanonicalEnd - 64;

    /// <summary>
    /// The first byte on a device, in the order of the accesses; false where there is a fault before it.
    /// </summary>
    private static bool TryFindDevice(IReadOnlyList<MemoryTouch> touches, out ulong fault)
    {
        fault = 0;
        foreach (MemoryTouch touch in touches)
        {
            for (ulong address = touch.Address; address < touch.Address + (ulong)touch.Size; address++)
            {
                bool isThere = TestLayout.IsInWindow(address, 1) && TestLayout.PageOf(address) != TestLayout.AbsentPage;
                if (!isThere)
                {
                    return false;
                }

                if (TestLayout.PageOf(address) != TestLayout.RamPage)
                {
                    fault = address;
                    return true;
                }
            }
        }

        return false;
    }

    private void Compare(
        InstructionCase test, IReadOnlyList<MemoryTouch> touches, NativeOutcome expected, ExitAction action)
    {
        if (expected.Exception == NativeOutcome.NoException)
        {
            Same(test, "action", (ulong)ExitAction.NextInstruction, (ulong)action);
            Same(test, "next RIP", test.InstructionPointer + (ulong)test.Code.Length, emulated.Cpu.Exit.NextRip);
        }
        else
        {
            Same(test, $"action with exception {expected.Exception}", (ulong)ExitAction.Inject, (ulong)action);
            if (!s_isIntel)
            {
                CheckAction(test, action);
                return;
            }

            Same(test, "exception", (ulong)expected.Exception, emulated.Cpu.Raised.Vector);
            Same(test, "error code", expected.Error, emulated.Cpu.Raised.ErrorCode);
        }

        if (expected.Exception == PageFault)
        {
            Same(test, "CR2", expected.Address, emulated.Cpu.ReadState(StateRegister.Cr2));
        }

        CompareRegisters(test, expected);
        CompareMemory(test);
        if (!test.IsRepeated)
        {
            CheckAccesses(test, touches);
        }
    }

    private void CompareRegisters(InstructionCase test, NativeOutcome expected)
    {
        // Outside of 64-bit code the upper halves are nobody's.
        int count = test.Bits == 64 ? 16 : 8;
        ulong mask = test.Bits == 64 ? ulong.MaxValue : uint.MaxValue;
        for (int number = 0; number < count; number++)
        {
            // What is above a counter of 32 bits is left or cleared, as the processor's makers like.
            bool isCounter = test.IsRepeated && test.AddressSize == 4 && number is Rcx or Rsi or Rdi;
            ulong compared = isCounter ? uint.MaxValue : mask;
            ulong actual = emulated.Cpu.Registers.General[number];
            Same(test, $"register {number}", expected.General[number] & compared, actual & compared);
        }

        // A fault takes the flags back to where repeated comparisons began, which is anew with each piece.
        bool isInPieces = emulated.Pieces > 1 && expected.Exception != NativeOutcome.NoException;
        ulong flags = (isInPieces ? 0 : StatusFlags & ~UndefinedFlags(test)) | DirectionFlag;
        Same(test, "flags", expected.Flags & flags, emulated.Cpu.Registers.Rflags & flags);
        for (int word = 0; word < 2 * count; word++)
        {
            Same(test, $"vector word {word}", expected.Vector[word], emulated.Cpu.Registers.Vector[word]);
        }
    }

    private void CompareMemory(InstructionCase test)
    {
        ReadOnlySpan<byte> found = emulated.GetWindow();
        int same = processor.Window.CommonPrefixLength(found);
        if (same != found.Length)
        {
            ulong address = TestLayout.Window + (ulong)same;
            Fail(test, $"memory at {address:x} is {found[same]:x2}, not {processor.Window[same]:x2}");
        }
    }

    private void CheckAccesses(InstructionCase test, IReadOnlyList<MemoryTouch> touches)
    {
        foreach (MemoryTouch access in emulated.Ports.Accesses)
        {
            if (!touches.Any(touch => touch.Covers(access.Address, access.Size)))
            {
                Fail(test, $"touches {access}; the instruction is about {string.Join(", ", touches)}");
            }
        }
    }

    private void CheckAction(InstructionCase test, ExitAction action)
    {
        bool isKnown = action == ExitAction.NextInstruction
            || (action == ExitAction.Inject && emulated.Cpu.Raised.Vector is 12 or 13 or PageFault);
        if (!isKnown)
        {
            Fail(test, $"ends with {action}, vector {emulated.Cpu.Raised.Vector}, {emulated.Cpu.Stop.Reason}");
        }
    }

    /// <summary>As Iced knows them from the manuals, and the carry of a shift by more than there is.</summary>
    private static ulong UndefinedFlags(InstructionCase test)
    {
        RflagsBits undefined = test.Instruction.RflagsUndefined;
        ulong flags = 0;
        foreach ((RflagsBits bit, ulong value) in new[]
        {
            (RflagsBits.CF, 1UL), (RflagsBits.PF, 4UL), (RflagsBits.AF, 0x10UL), (RflagsBits.ZF, 0x40UL),
            (RflagsBits.SF, 0x80UL), (RflagsBits.OF, 0x800UL),
        })
        {
            flags |= (undefined & bit) != 0 ? value : 0;
        }

        bool isShift = test.Instruction.Mnemonic is Mnemonic.Shl or Mnemonic.Sal or Mnemonic.Shr;
        return isShift && ShiftCount(test) >= 8 * test.Instruction.MemorySize.GetSize() ? flags | 1 : flags;
    }

    private static int ShiftCount(InstructionCase test)
    {
        int count = test.Instruction.Op1Kind == OpKind.Register ? (byte)test.General[Rcx] : test.Instruction.Immediate8;
        return count & (test.Instruction.MemorySize.GetSize() == 8 ? 63 : 31);
    }

    private static void Same(InstructionCase test, string what, ulong expected, ulong actual)
    {
        if (expected != actual)
        {
            Fail(test, $"{what} is {actual:x}, the processor's {expected:x}");
        }
    }

    private static void Fail(InstructionCase test, string text) => throw new XunitException($"{test}\n  {text}");
}

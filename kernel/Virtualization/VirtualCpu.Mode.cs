// SPDX-License-Identifier: MIT
using Hypervisor.X64;

namespace Hypervisor.Virtualization;

/// <summary>The processor mode, as the emulator and the handlers ask for it.</summary>
public abstract partial class VirtualCpu
{
    private const ulong VirtualModeFlag = 1 << 17;

    /// <summary>The guest executes 64-bit code: long mode is active and CS says so.</summary>
    public bool IsIn64BitCode =>
        new Efer(ReadState(StateRegister.Efer)).LongModeActive && ReadSegment(SegmentRegister.Cs).IsLong;

    /// <summary>Real mode or virtual-8086 mode: segments are paragraphs.</summary>
    public bool IsInParagraphMode =>
        !new Cr0(ReadState(StateRegister.Cr0)).ProtectionEnable || (Registers.Rflags & VirtualModeFlag) != 0;

    /// <summary>The width of addresses and operands without prefixes: 16, 32 or 64.</summary>
    internal int CodeBits
    {
        get
        {
            SegmentState code = ReadSegment(SegmentRegister.Cs);
            if (code.IsLong && new Efer(ReadState(StateRegister.Efer)).LongModeActive)
            {
                return 64;
            }

            return code.IsDefault32 ? 32 : 16;
        }
    }

    /// <summary>The linear address of the instruction at RIP.</summary>
    internal ulong LinearRip(int codeBits) => codeBits == 64
        ? Registers.Rip
        : (uint)(ReadSegment(SegmentRegister.Cs).Base + Registers.Rip);

    /// <summary>
    /// What MOV to a control or debug register takes from a general one: 64 bits in 64-bit mode, 32 elsewhere.
    /// </summary>
    internal ulong ReadForMove(int general) =>
        IsIn64BitCode ? Registers.General[general] : (uint)Registers.General[general];
}

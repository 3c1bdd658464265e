// SPDX-License-Identifier: MIT
using System.Runtime;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Hypervisor.Memory;

/// <summary>
/// Where the parts of the image are: Entry.S fills it from the linker's symbols. All are linear addresses.
/// </summary>
[StructLayout(LayoutKind.Sequential)]
public readonly unsafe struct BootLayout
{
    /// <summary>The page that is left out below each of the boot processor's stacks, and its size in bytes.</summary>
    public const ulong GuardSize = 4096;

    public readonly ulong ImageStart;
    public readonly ulong TextStart;
    public readonly ulong TextEnd;

    /// <summary>
    /// The end of the constants, which begin where the text ends; from here on the image is writable.
    /// </summary>
    public readonly ulong ReadOnlyEnd;
    public readonly ulong ImageEnd;

    /// <summary>Code whose fault is never contained: trap entries and world switches.</summary>
    public readonly ulong CriticalStart;
    public readonly ulong CriticalEnd;

    /// <summary>The boot processor's stacks: each begins with a guard page, the next follows where one ends.</summary>
    public readonly ulong Stacks;
    public readonly ulong BootStackEnd;
    public readonly ulong DoubleFaultStackEnd;
    public readonly ulong NmiStackEnd;
    public readonly ulong MachineCheckStackEnd;
    public readonly ulong FaultStackEnd;
    public readonly ulong InterruptStackEnd;

    /// <summary>The size in bytes of the stack that interrupts arrive on.</summary>
    public ulong InterruptStackSize => InterruptStackEnd - FaultStackEnd - GuardSize;

    public static ref readonly BootLayout Current => ref *GetAddress();

    /// <summary>True for code that may be left at any instruction: all of the image but the critical part.</summary>
    public bool IsContainable(ulong rip) =>
        rip >= TextStart && rip < TextEnd && (rip < CriticalStart || rip >= CriticalEnd);

    /// <summary>True for the guard page below one of the boot processor's stacks.</summary>
    public bool IsGuard(ulong address) =>
        IsFirstPage(Stacks, address) || IsFirstPage(BootStackEnd, address) || IsFirstPage(DoubleFaultStackEnd, address)
        || IsFirstPage(NmiStackEnd, address) || IsFirstPage(MachineCheckStackEnd, address)
        || IsFirstPage(FaultStackEnd, address);

    [MethodImpl(MethodImplOptions.InternalCall)]
    [RuntimeImport("*", "HvBootLayout")]
    private static extern BootLayout* GetAddress();

    private static bool IsFirstPage(ulong start, ulong address) => address >= start && address - start < GuardSize;
}

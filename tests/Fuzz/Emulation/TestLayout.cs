// SPDX-License-Identifier: MIT
namespace Hypervisor.Fuzz.Emulation;

/// <summary>
/// Where things lie, for the processor and for the emulator alike: an instruction finds the same at the same addresses.
/// All of it is below 2 GiB, so that every mode reaches it; what is not named here is not there.
/// </summary>
internal static class TestLayout
{
    public const ulong PageSize = 4096;
    public const ulong Start = 0x2000_0000;
    public const ulong Length = 0x10_0000;

    /// <summary>The code around the instruction (the processor's run only), and the instruction.</summary>
    public const ulong Code = Start;
    public const ulong Instruction = Code + 0x800;

    /// <summary>The registers before and after (the processor's run only).</summary>
    public const ulong State = Start + 0x1000;

    /// <summary>The memory that instructions may touch, with absent pages around it.</summary>
    public const ulong Window = Start + 0x4_0000;
    public const ulong WindowLength = WindowPages * PageSize;
    public const int WindowPages = 6;

    /// <summary>The page of the window that is RAM for the emulator; the others are a device's.</summary>
    public const int RamPage = 2;

    /// <summary>The page of the window that cannot be written.</summary>
    public const int ReadOnlyPage = 4;

    /// <summary>A page of the window that is absent in the midst of it.</summary>
    public const int AbsentPage = 3;

    public static bool IsInWindow(ulong address, ulong length) =>
        address >= Window && address - Window <= WindowLength && length <= WindowLength - (address - Window);

    /// <summary>
    /// Whether an access cannot hurt the process of the test: the window, or the absent pages around it.
    /// </summary>
    public static bool IsHarmless(ulong address, ulong length) =>
        address >= State + PageSize && address - Start <= Length && length <= Length - (address - Start);

    public static int PageOf(ulong address) => (int)((address - Window) / PageSize);
}

// SPDX-License-Identifier: MIT
using System;
using System.Runtime.InteropServices;

namespace Hypervisor.Memory;

/// <summary>
/// The host flavour's physical memory: every thread has a machine of its own, whose "physical" addresses are offsets in
/// a private arena of address space. Pages of it exist once they are touched, and read as zero before.
/// </summary>
public static unsafe class DirectMap
{
    /// <summary>64 GiB and a little: as much address space as the largest machine of the tests has.</summary>
    public const ulong Length = 68UL << 30;

    private const int ReadWrite = 3;
    private const int PrivateAnonymousUnreserved = 0x4022;
    private const int DontNeed = 4;

    [ThreadStatic]
    private static byte* s_start;

    public static ulong Start => (ulong)Arena;

    private static byte* Arena
    {
        get
        {
            if (s_start == null)
            {
                s_start = (byte*)Reserve(Length);
            }

            return s_start;
        }
    }

    /// <summary>This thread is another processor of the machine whose <see cref="Start"/> it is.</summary>
    public static void Join(ulong start) => s_start = (byte*)start;

    public static byte* ToPointer(HostPhysical address) => Arena + address.Value;

    public static void Clear(HostPhysical address, int length) =>
        new Span<byte>(ToPointer(address), length).Clear();

    public static HostPhysical ToPhysical(void* pointer) => new((ulong)((byte*)pointer - Arena));

    /// <summary>All of this thread's machine reads as zero again.</summary>
    public static void Erase()
    {
        if (s_start != null)
        {
            _ = MemoryAdvise(s_start, unchecked((nuint)Length), DontNeed);
        }
    }

    /// <summary>Address space that costs nothing until it is touched, aligned to 2 MiB.</summary>
    public static void* Reserve(ulong length)
    {
        const ulong Alignment = 2UL << 20;
        nint address = MemoryMap(0, (nuint)(length + Alignment), ReadWrite, PrivateAnonymousUnreserved, -1, 0);
        return address == -1
            ? throw new OutOfMemoryException("no address space for a test's machine")
            : (void*)(((ulong)address + Alignment - 1) & ~(Alignment - 1));
    }

    [DllImport("libc", EntryPoint = "mmap")]
    private static extern nint MemoryMap(nint address, nuint length, int protection, int flags, int file, nint offset);

    [DllImport("libc", EntryPoint = "madvise")]
    private static extern int MemoryAdvise(void* address, nuint length, int advice);
}

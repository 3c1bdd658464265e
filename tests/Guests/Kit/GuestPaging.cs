// SPDX-License-Identifier: MIT
using System.Runtime;
using System.Runtime.CompilerServices;
using System.Threading;
using Hypervisor.X64;

namespace Hypervisor.Guests.Kit;

/// <summary>
/// A window of two pages at 512 GiB, whose tables are built here: the first page is what a test wants, the second
/// absent.
/// </summary>
internal static unsafe class GuestPaging
{
    internal const ulong Window = 0x80_0000_0000;
    internal const ulong Present = 1;
    internal const ulong Writable = 2;
    internal const ulong User = 4;
    internal const ulong Accessed = 0x20;
    internal const ulong Dirty = 0x40;
    internal const ulong Large = 0x80;
    internal const ulong NoExecute = 1ul << 63;

    private const ulong Tables = 0xf04000;
    private const ulong PointerTable = Tables;
    private const ulong Directory = Tables + 0x1000;
    private const ulong PageTable = Tables + 0x2000;
    private const int RootSlot = 1;

    /// <summary>The entry that maps the window's first page.</summary>
    internal static ulong PageEntry => Volatile.Read(ref *(ulong*)PageTable);

    /// <summary>The window's first page is the frame at <paramref name="frame"/>.</summary>
    internal static void MapWindow(ulong frame, ulong flags)
    {
        Clear();
        *(ulong*)PageTable = frame | flags | Present;
        *(ulong*)Directory = PageTable | Present | Writable | User;
        *(ulong*)PointerTable = Directory | Present | Writable | User;
        SetRoot(PointerTable | Present | Writable | User);
    }

    /// <summary>The window is one page of 2 MiB.</summary>
    internal static void MapLarge(ulong frame, ulong flags)
    {
        Clear();
        *(ulong*)Directory = frame | flags | Present | Large;
        *(ulong*)PointerTable = Directory | Present | Writable | User;
        SetRoot(PointerTable | Present | Writable | User);
    }

    /// <summary>The window is one page of 1 GiB.</summary>
    internal static void MapHuge(ulong frame, ulong flags)
    {
        Clear();
        *(ulong*)PointerTable = frame | flags | Present | Large;
        SetRoot(PointerTable | Present | Writable | User);
    }

    /// <summary>Changes the window's first page and nothing else: the TLB may keep what it has.</summary>
    internal static void ChangePage(ulong frame, ulong flags) =>
        Volatile.Write(ref *(ulong*)PageTable, frame | flags | Present);

    internal static void Unmap()
    {
        SetRoot(0);
        Flush();
    }

    internal static void Flush() => Instructions.WriteCr3(Instructions.ReadCr3());

    private static void Clear()
    {
        for (ulong address = Tables; address < Tables + 0x3000; address += 8)
        {
            *(ulong*)address = 0;
        }
        Flush();
    }

    private static void SetRoot(ulong entry)
    {
        ulong* root = (ulong*)(Instructions.ReadCr3() & ~0xffful);
        Volatile.Write(ref root[RootSlot], entry);
    }
}

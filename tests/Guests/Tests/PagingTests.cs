// SPDX-License-Identifier: MIT
using System;
using System.Threading;
using Hypervisor.Guests.Kit;
using Hypervisor.X64;

namespace Hypervisor.Guests.Tests;

/// <summary>The guest's own page tables, on top of whatever is below them.</summary>
internal static unsafe class PagingTests
{
    private const ulong First = 0xf08000;
    private const ulong Second = 0xf09000;
    private const ulong Block = 0x1800000;

    [GuestTest]
    internal static void SmallPages()
    {
        *(uint*)First = 0x11111111;
        *(uint*)Second = 0x22222222;
        GuestPaging.MapWindow(First, GuestPaging.Writable);
        Check.Equal(0x11111111, At(0), "first frame");
        GuestPaging.ChangePage(Second, GuestPaging.Writable);
        Instructions.InvalidatePage(GuestPaging.Window);
        Check.Equal(0x22222222, At(0), "second frame after INVLPG");
        GuestPaging.ChangePage(First, GuestPaging.Writable);
        GuestPaging.Flush();
        Check.Equal(0x11111111, At(0), "first frame after a load of CR3");
        GuestPaging.Unmap();
    }

    [GuestTest]
    internal static void AccessedAndDirty()
    {
        GuestPaging.MapWindow(First, GuestPaging.Writable);
        _ = At(0);
        Check.Equal(GuestPaging.Accessed, GuestPaging.PageEntry & (GuestPaging.Accessed | GuestPaging.Dirty),
            "after a read");
        Volatile.Write(ref *(uint*)GuestPaging.Window, 1);
        Check.Equal(GuestPaging.Dirty, GuestPaging.PageEntry & GuestPaging.Dirty, "after a write");
        GuestPaging.Unmap();
    }

    [GuestTest]
    internal static void LargePages()
    {
        *(uint*)(Block + 0x1234) = 0x33333333;
        GuestPaging.MapLarge(Block & ~0x1ffffful, GuestPaging.Writable);
        Check.Equal(0x33333333, At((Block & 0x1fffff) + 0x1234), "through 2 MiB");
        GuestPaging.Unmap();
        if ((Instructions.Cpuid(0x80000001).Edx & (1 << 26)) == 0)
        {
            return;
        }
        GuestPaging.MapHuge(0, GuestPaging.Writable);
        Check.Equal(0x33333333, At(Block + 0x1234), "through 1 GiB");
        GuestPaging.Unmap();
    }

    [GuestTest]
    internal static void DevicesThroughAnotherAddress()
    {
        uint direct = LocalApic.Read(LocalApic.Version);
        GuestPaging.MapWindow(LocalApic.Base, GuestPaging.Writable | 0x18);
        Check.Equal(direct, At(LocalApic.Version), "local APIC's version");
        GuestPaging.Unmap();
    }

    [GuestTest]
    internal static void WriteProtectCanBeOff()
    {
        GuestPaging.MapWindow(First, 0);
        RegisterFile registers = new() { Rdi = GuestPaging.Window, Rax = 0x44444444 };
        ulong cr0 = Instructions.ReadCr0();
        Instructions.WriteCr0(cr0 & ~0x10000ul);
        int vector = MachineCode.Run([0x89, 0x07], ref registers);
        Instructions.WriteCr0(cr0);
        Check.Equal(MachineCode.NoException, vector, "store with CR0.WP off");
        Check.Equal(0x44444444, *(uint*)First, "what it stored");
        Check.Equal(Interrupts.PageFault, MachineCode.Run([0x89, 0x07], ref registers), "store with CR0.WP on");
        GuestPaging.Unmap();
    }

    private static uint At(ulong offset) => Volatile.Read(ref *(uint*)(GuestPaging.Window + offset));
}

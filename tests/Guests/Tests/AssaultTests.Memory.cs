// SPDX-License-Identifier: MIT
using System;
using System.Threading;
using Hypervisor.Guests.Kit;
using Hypervisor.X64;

namespace Hypervisor.Guests.Tests;

/// <content>Page tables and code that siblings change while the hypervisor looks at them.</content>
internal static unsafe partial class AssaultTests
{
    private const ulong ScratchPages = 16;
    private const ulong SharedCode = 0xe80000;
    private const int Slot = 16;
    private const ulong Tables = 0xf08000;
    private const ulong Window = GuestPaging.Window;

    /// <summary>The first of the accesses are to one place.</summary>
    private const uint SingleForms = 28;

    /// <summary>What the hypervisor does on device memory, and its kin in RAM: on RDI, from RSI.</summary>
    private static readonly byte[][] s_accesses =
    [
        [0x8b, 0x07], [0x48, 0x8b, 0x07], [0x66, 0x8b, 0x07], [0x8a, 0x07], [0x0f, 0xb6, 0x07], [0x0f, 0xbf, 0x07],
        [0x89, 0x07], [0x48, 0x89, 0x07], [0x66, 0x89, 0x07], [0x88, 0x07], [0xc7, 0x07, 0x78, 0x56, 0x34, 0x12],
        [0x03, 0x07], [0x01, 0x07], [0x29, 0x07], [0x21, 0x07], [0x83, 0x0f, 0x01], [0x31, 0x07], [0x39, 0x07],
        [0x85, 0x07], [0xf7, 0x17], [0xf7, 0x1f], [0xff, 0x07], [0xf0, 0xff, 0x0f], [0x87, 0x07],
        [0xf0, 0x0f, 0xc1, 0x17], [0xf0, 0x0f, 0xb1, 0x17], [0xf0, 0x0f, 0xab, 0x0f], [0x0f, 0xba, 0x2f, 0x01],
        [0xab], [0xf3, 0xab], [0xf3, 0x48, 0xab], [0xf3, 0xaa], [0xa5], [0xf3, 0xa5], [0xf3, 0xa4], [0xf3, 0x48, 0xa5],
        [0xfd, 0xf3, 0xa5, 0xfc], [0xfd, 0xf3, 0xaa, 0xfc], [0xf3, 0xae], [0xf2, 0xaf], [0xf3, 0xa7], [0xf3, 0xa6],
        [0x48, 0x87, 0xf7, 0xf3, 0xac], [0xff, 0x37, 0x58], [0x50, 0x8f, 0x07], [0x48, 0x87, 0xf7, 0xf3, 0xa5],
    ];

    /// <summary>16 pages whose entries everybody changes, in a table of their own.</summary>
    private static void MakeWindow()
    {
        for (ulong at = Tables; at < Tables + (4 * PageSize); at += 8)
        {
            *(ulong*)at = 0;
        }
        *(ulong*)Tables = (Tables + PageSize) | 7;
        *(ulong*)(Tables + PageSize) = (Tables + (2 * PageSize)) | 7;
        ulong* root = (ulong*)(Instructions.ReadCr3() & ~0xffful);
        root[1] = Tables | 7;

        // An NMI in real mode: Assault.S has an IRET at its second byte; with the other modes' table the vector is 0.
        ulong* first = (ulong*)(Tables + (2 * PageSize));
        *first = 3;
        *(byte*)Window = 0xcf;
        *(uint*)(Window + 8) = (Assault.StartPage << 24) | 2;
        *first = 0;
        Instructions.WriteCr3(Instructions.ReadCr3());
    }

    private static void ChangePages(int index, ref Rng random)
    {
        for (int change = 0; change < 4; change++)
        {
            ulong entry = Tables + (2 * PageSize) + (8 * (random.Next() % 16));
            Volatile.Write(ref *(ulong*)entry, RandomEntry(ref random));
        }
        if ((random.Next() & 3) == 0)
        {
            Instructions.WriteCr3(Instructions.ReadCr3());
        }
        Access(index, Window + (random.Next() % (16 * (uint)PageSize)), ref random);
    }

    private static ulong RandomEntry(ref Rng random)
    {
        ulong frame = (random.Next() % 10) switch
        {
            0 => LocalApic.Base,
            1 => IoApic.Base,
            2 => Hole,
            3 => Configuration,
            4 => s_memoryEnd,
            5 => 0xa0000,
            6 => 0x100000000 + ((ulong)random.Next() << 12),
            7 => 0xfffff000,
            _ => Scratch + ((random.Next() % ScratchPages) * PageSize),
        };
        ulong flags = 1 | (random.Next() & 0x7e);
        flags |= (random.Next() & 7) == 0 ? 1ul << 63 : 2;
        flags &= (random.Next() & 7) == 0 ? ~1ul : ~0ul;
        return frame | flags;
    }

    private static ulong DeviceAddress(ref Rng random)
    {
        uint offset = random.Next() & 0xfff;
        return (random.Next() % 4) switch
        {
            // Far enough behind the registers that send.
            0 => LocalApic.Base + 0xc00 + (offset & 0x3ff),
            1 => Hole + offset,
            2 => Configuration + offset,
            _ => 0xa0000 + offset,
        };
    }

    private static void Access(int index, ulong address, ref Rng random, uint forms = uint.MaxValue)
    {
        byte[] access = s_accesses[random.Next() % Math.Min(forms, (uint)s_accesses.Length)];
        ulong other = (random.Next() & 1) != 0 ? Window + (random.Next() % (16 * (uint)PageSize))
            : Scratch + (random.Next() % PageSize);
        AssaultCode.Run(index, access, address, other, random.Next(), random.Next() & 0x1ff);
    }

    /// <summary>16 places for code that everybody writes, byte by byte, and everybody runs.</summary>
    private static void RewriteCode(int index, ref Rng random)
    {
        byte* place = (byte*)(SharedCode + ((random.Next() % 16) * Slot));
        if ((random.Next() & 1) != 0)
        {
            byte[] code = s_accesses[random.Next() % (uint)s_accesses.Length];
            for (int at = 0; at < code.Length; at++)
            {
                Volatile.Write(ref place[at], code[at]);
            }
            Volatile.Write(ref place[code.Length], 0xc3);
        }
        if (index != 0)
        {
            AssaultCode.RunAt((ulong)place, DeviceAddress(ref random), Scratch, random.Next(), random.Next() & 0x3f);
        }
    }
}

// SPDX-License-Identifier: MIT
using System;

namespace Hypervisor.Guests.Kit;

/// <summary>Machine code with four arguments in RDI, RSI, RDX and RCX, in a page of each processor's own.</summary>
internal static unsafe class AssaultCode
{
    private const ulong Pages = 0xe00000;
    private const ulong PageSize = 0x1000;
    private const byte Return = 0xc3;

    internal static void Run(int index, ReadOnlySpan<byte> code, ulong first = 0, ulong second = 0, ulong third = 0,
        ulong fourth = 0)
    {
        byte* page = (byte*)(Pages + ((ulong)index * PageSize));
        for (int at = 0; at < code.Length; at++)
        {
            page[at] = code[at];
        }
        page[code.Length] = Return;
        RunAt((ulong)page, first, second, third, fourth);
    }

    internal static void RunAt(ulong address, ulong first, ulong second, ulong third, ulong fourth) =>
        ((delegate*<ulong, ulong, ulong, ulong, void>)address)(first, second, third, fourth);
}

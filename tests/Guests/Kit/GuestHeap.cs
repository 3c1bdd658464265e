// SPDX-License-Identifier: MIT
using System;
using System.Runtime;
using Hypervisor.Runtime;

namespace Hypervisor.Guests.Kit;

/// <summary>Memory for objects: a stretch above the image that is never given back.</summary>
internal static unsafe class GuestHeap
{
    private const nint Start = 0x1000000;
    private const nint Length = 0x800000;

    /// <summary>
    /// So much is cleared at a time: a guest that needs little starts at once, and fits into little memory.
    /// </summary>
    private const int Step = 0x10000;

    private static byte* s_cleared;

    /// <summary>
    /// Bytes handed out so far; the difference of two readings is what the code between them allocated.
    /// </summary>
    internal static long Used => (nint)ProcessorContext.Current->AllocationNext - Start;

    internal static void Initialize()
    {
        ProcessorContext* context = ProcessorContext.Current;
        context->AllocationNext = (byte*)Start;
        context->AllocationLimit = (byte*)Start;
        s_cleared = (byte*)Start;
    }

    [RuntimeExport("HvAllocate")]
    private static byte* AllocateSlowly(nuint size)
    {
        ProcessorContext* context = ProcessorContext.Current;
        nuint aligned = (size + 7) & ~(nuint)7;
        if (size > (nuint)Length || context->AllocationNext + aligned > (byte*)(Start + Length))
        {
            Faults.Raise(FaultKind.OutOfMemory, (nint)size);
            return null;
        }
        byte* result = context->AllocationNext;
        context->AllocationNext = result + aligned;
        while (s_cleared < context->AllocationNext)
        {
            new Span<byte>(s_cleared, Step).Clear();
            s_cleared += Step;
        }
        context->AllocationLimit = s_cleared;
        return result;
    }
}

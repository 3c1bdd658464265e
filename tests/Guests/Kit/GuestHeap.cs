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
    /// Bytes handed out so far; the difference of two readings is what the code between them allocated.
    /// </summary>
    internal static long Used => (nint)ProcessorContext.Current->AllocationNext - Start;

    internal static void Initialize()
    {
        new Span<byte>((void*)Start, (int)Length).Clear();
        ProcessorContext* context = ProcessorContext.Current;
        context->AllocationNext = (byte*)Start;
        context->AllocationLimit = (byte*)(Start + Length);
    }

    [RuntimeExport("HvAllocate")]
    private static byte* AllocateSlowly(nuint size)
    {
        Faults.Raise(FaultKind.OutOfMemory, (nint)size);
        return null;
    }
}

// SPDX-License-Identifier: MIT
using System;
using System.Runtime.CompilerServices;
using Hypervisor.Runtime;
using Hypervisor.X64;

namespace Hypervisor.Memory;

/// <summary>The context of a processor that has not started yet: what GS will point at there.</summary>
public readonly unsafe struct StartContext
{
    private readonly ProcessorContext* _context;

    private StartContext(ProcessorContext* context)
    {
        _context = context;
    }

    /// <summary>
    /// Makes one in a frame of its own; the processor allocates from <paramref name="region"/>. False where memory has
    /// run out.
    /// </summary>
    public static bool TryCreate(FrameAllocator frames, Region region, out StartContext made)
    {
        made = default;
        if (!frames.TryAllocateFrame(FrameKind.Kernel, FrameAllocator.Host, out HostPhysical frame))
        {
            return false;
        }

        DirectMap.Clear(frame, (int)FrameAllocator.FrameSize);
        var context = (ProcessorContext*)DirectMap.ToPointer(frame);
        context->Self = context;
        context->CurrentRegion = Unsafe.As<Region, nint>(ref region);
        made = new StartContext(context);
        return true;
    }

    /// <summary>
    /// Writes the code at which processors start to a page below 1 MiB; the image begins at physical
    /// <paramref name="image"/>.
    /// </summary>
    public static void WriteTrampoline(HostPhysical page, HostPhysical image)
    {
        var bytes = new Span<byte>(DirectMap.ToPointer(page), (int)FrameAllocator.FrameSize);
        Trampoline.CopyTo(bytes, BootLayout.Current.ImageStart, image.Value);
    }

    /// <summary>The next processor that starts does so with this context, these tables and this stack.</summary>
    public void UseNext(TablePage tables, HostVirtual stackTop)
    {
        ref ProcessorStart start = ref Trampoline.Start;
        start.Tables = tables.Address.Value;
        start.Stack = stackTop.Value;
        start.Context = (ulong)_context;
    }

    /// <summary>The processor runs: from now on it is asked to forget translations as well.</summary>
    public void Join(TlbShootdown others) => Tlb.Join(_context, others);
}

// SPDX-License-Identifier: MIT
namespace Hypervisor.Memory;

/// <summary>
/// Stacks, each in a stretch of addresses of its own, of which only the top is mapped: whatever runs over the lower end
/// faults at once. Made at boot, never freed.
/// </summary>
public sealed class StackArea
{
    /// <summary>Addresses from one stack to the next; the most that a stack may have is one page less.</summary>
    public const ulong Stride = 256 * 1024;

    private readonly SharedLock _lock = new(LockRank.Windows, "stacks");
    private readonly AddressSpace _space;
    private readonly FrameAllocator _frames;
    private ulong _next = KernelLayout.Stacks;

    public StackArea(AddressSpace space, FrameAllocator frames)
    {
        _space = space;
        _frames = frames;
    }

    /// <summary>
    /// Makes a stack of <paramref name="size"/> bytes (whole pages, below <see cref="Stride"/>); <paramref name="top"/>
    /// is the address behind its last byte. False where memory has run out.
    /// </summary>
    public bool TryCreate(ulong size, out HostVirtual top)
    {
        _lock.Acquire();
        _next += Stride;
        top = new HostVirtual(_next);
        _lock.Release();
        if (size >= Stride || size % FrameAllocator.FrameSize != 0)
        {
            CurrentProcessor.Fail("a stack has a size that leaves no guard page");
        }

        for (ulong page = top.Value - size; page < top.Value; page += FrameAllocator.FrameSize)
        {
            if (!_frames.TryAllocateFrame(FrameKind.Kernel, FrameAllocator.Host, out HostPhysical frame)
                || !_space.TryMap(new HostVirtual(page), frame, FrameAllocator.FrameSize, PageAccess.Write))
            {
                return false;
            }
        }

        return true;
    }
}

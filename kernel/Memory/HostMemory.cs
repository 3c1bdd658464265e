// SPDX-License-Identifier: MIT
using System;

namespace Hypervisor.Memory;

/// <summary>All of the machine's memory management, put together at boot: one object, made once.</summary>
public sealed class HostMemory
{
    /// <summary>
    /// What a sealed boot region still gives: a fault's exception object is one allocation, and there must be many
    /// faults.
    /// </summary>
    private const ulong SealedReserve = 256 * 1024;

    private HostMemory(FrameAllocator frames, AddressSpace space)
    {
        Frames = frames;
        Space = space;
        Stacks = new StackArea(space, frames);
        Windows = new VmWindows(space, frames);
        BootRegion = new Region(
            space,
            frames,
            new OwnedTableFrames(frames, FrameKind.Kernel, FrameAllocator.Host),
            new HostVirtual(KernelLayout.BootRegion),
            KernelLayout.BootRegionSize,
            FrameKind.Kernel,
            FrameAllocator.Host,
            null);
    }

    public FrameAllocator Frames { get; }

    public AddressSpace Space { get; }

    public StackArea Stacks { get; }

    public VmWindows Windows { get; }

    public Region BootRegion { get; }

    /// <summary>
    /// Takes over from the loader's page tables and the small heap in the image: afterwards the final
    /// address space is in use, the identity map is gone, and new allocates from the boot region. Until
    /// then no more than 4 GiB are mapped.
    /// </summary>
    /// <param name="map">The firmware's memory map; see <see cref="FrameAllocator"/>.</param>
    /// <param name="taken">The image, the modules, and what else of the loader's must survive.</param>
    /// <param name="image">The image's parts with their rights; pages that no part has become guard pages.</param>
    public static HostMemory Start(
        ReadOnlySpan<MemoryArea> map, ReadOnlySpan<MemoryArea> taken, ReadOnlySpan<ImageSection> image)
    {
        var frames = new FrameAllocator(map, taken);
        var space = new AddressSpace(frames, map, image);
        space.Load();
        var memory = new HostMemory(frames, space);
        CurrentProcessor.SetAllocation(0, 0);
        CurrentProcessor.Region = memory.BootRegion;
        return memory;
    }

    /// <summary>
    /// Boot is over: from now on host objects come from fixed pools, and the boot region counts what is allocated
    /// nevertheless.
    /// </summary>
    public void EndBoot() => BootRegion.Seal(SealedReserve);
}

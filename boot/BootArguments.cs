// SPDX-License-Identifier: MIT
using System;
using Hypervisor.Boot.Loader;
using Hypervisor.Memory;
using Hypervisor.Platform;

namespace Hypervisor.Boot;

/// <summary>What the rest of the boot order works on: what the loader said, and what lies in memory already.</summary>
internal sealed unsafe class BootArguments
{
    private const uint LargestInformation = 16 << 20;
    private const ulong EndOfStartPages = 0xa_0000;

    private readonly MemoryArea[] _taken;
    private readonly ImageSection[] _sections;

    /// <summary>Reads the loader's information through the direct map of the first 4 GiB.</summary>
    public BootArguments(HostPhysical information, HostPhysical image)
    {
        uint size = *(uint*)DirectMap.ToPointer(information);
        Loader = new LoaderInformation(
            new ReadOnlySpan<byte>(DirectMap.ToPointer(information), (int)Math.Min(size, LargestInformation)));

        ref readonly BootLayout layout = ref BootLayout.Current;
        _sections = ImageSections.Of(layout, image);
        _taken = new MemoryArea[Loader.Modules.Length + 3];
        _taken[0] = new MemoryArea(image, layout.ImageEnd - layout.ImageStart, FrameKind.Kernel);

        // The first frame stays unused: physical 0 is nobody's address.
        _taken[1] = new MemoryArea(default, FrameAllocator.FrameSize, FrameKind.Kernel);
        for (int index = 0; index < Loader.Modules.Length; index++)
        {
            BootModule module = Loader.Modules[index];
            _taken[index + 3] = new MemoryArea(module.Start, module.Length, FrameKind.Module);
        }

        StartPage = FindStartPage();
        _taken[2] = new MemoryArea(StartPage, FrameAllocator.FrameSize, FrameKind.Kernel);
        Image = image;
    }

    /// <summary>Where the image lies.</summary>
    public HostPhysical Image { get; }

    /// <summary>
    /// A page below 640 KiB at which the other processors start; the first page of all where none is free.
    /// </summary>
    public HostPhysical StartPage { get; }

    public LoaderInformation Loader { get; }

    /// <summary>The image, the modules and the first frame.</summary>
    public ReadOnlySpan<MemoryArea> Taken => _taken;

    public ReadOnlySpan<ImageSection> Sections => _sections;

    private HostPhysical FindStartPage()
    {
        for (ulong page = EndOfStartPages; page > 0; page -= FrameAllocator.FrameSize)
        {
            var candidate = new HostPhysical(page - FrameAllocator.FrameSize);
            if (candidate.Value != 0 && IsFree(candidate))
            {
                return candidate;
            }
        }

        return default;
    }

    private bool IsFree(HostPhysical page)
    {
        bool isRam = false;
        foreach (MemoryArea area in Loader.Memory)
        {
            if (area.Kind == FrameKind.Free)
            {
                isRam |= area.Contains(page.Value, FrameAllocator.FrameSize);
            }
            else if (area.Intersects(page.Value, FrameAllocator.FrameSize))
            {
                return false;
            }
        }

        foreach (MemoryArea area in _taken)
        {
            isRam &= area.Length == 0 || !area.Intersects(page.Value, FrameAllocator.FrameSize);
        }

        return isRam;
    }

    /// <summary>RAM that the firmware lets us use, in bytes.</summary>
    public ulong RamBytes
    {
        get
        {
            ulong sum = 0;
            foreach (MemoryArea area in Loader.Memory)
            {
                sum += area.Kind == FrameKind.Free ? area.Length : 0;
            }

            return sum;
        }
    }
}

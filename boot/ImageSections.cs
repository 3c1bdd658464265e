// SPDX-License-Identifier: MIT
using Hypervisor.Memory;
using Hypervisor.Platform;

namespace Hypervisor.Boot;

/// <summary>The image's parts with their rights. What lies in none of them is a guard page below a stack.</summary>
internal static class ImageSections
{
    private const int StackCount = 6;

    /// <summary>The parts of the image that was loaded at <paramref name="physical"/>.</summary>
    public static ImageSection[] Of(in BootLayout layout, HostPhysical physical)
    {
        ulong[] stackEnds =
        [
            layout.BootStackEnd, layout.DoubleFaultStackEnd, layout.NmiStackEnd, layout.MachineCheckStackEnd,
            layout.FaultStackEnd, layout.InterruptStackEnd,
        ];
        var sections = new ImageSection[StackCount + 4];
        ulong textEnd = PageAfter(layout.TextEnd);
        ulong constantsEnd = PageAfter(layout.ReadOnlyEnd);
        sections[0] = Part(layout, physical, layout.TextStart, textEnd, PageAccess.Execute);
        sections[1] = Part(layout, physical, textEnd, constantsEnd, PageAccess.Read);
        sections[2] = Part(layout, physical, constantsEnd, layout.Stacks, PageAccess.Write);
        ulong start = layout.Stacks;
        for (int index = 0; index < StackCount; index++)
        {
            sections[index + 3] =
                Part(layout, physical, start + BootLayout.GuardSize, stackEnds[index], PageAccess.Write);
            start = stackEnds[index];
        }

        sections[StackCount + 3] = Part(layout, physical, start, PageAfter(layout.ImageEnd), PageAccess.Write);
        return sections;
    }

    private static ImageSection Part(in BootLayout layout, HostPhysical physical, ulong start, ulong end,
        PageAccess access) =>
        new(new HostVirtual(start), physical.Add(start - layout.ImageStart), end - start, access);

    private static ulong PageAfter(ulong address) =>
        (address + FrameAllocator.FrameSize - 1) & ~(FrameAllocator.FrameSize - 1);
}

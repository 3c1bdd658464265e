// SPDX-License-Identifier: MIT
using Hypervisor.Memory;

namespace Hypervisor.Virtualization.Svm;

/// <summary>
/// A few frames that follow each other, for the permission maps: the allocator hands out single frames, which at boot
/// lie side by side, so they are taken one by one until enough of the last ones do.
/// </summary>
internal static class FrameRun
{
    private const int MostTaken = 64;

    public static bool TryAllocate(FrameAllocator frames, int count, out HostPhysical start)
    {
        var taken = new HostPhysical[MostTaken];
        int number = 0;
        start = default;
        bool found = false;
        while (!found && number < MostTaken
            && frames.TryAllocateFrame(FrameKind.Kernel, FrameAllocator.Host, out taken[number]))
        {
            number++;
            found = number >= count && IsRun(taken, number - count, count, out start);
        }

        int kept = found ? count : 0;
        for (int index = 0; index < number - kept; index++)
        {
            _ = frames.FreeFrame(taken[index]);
        }

        return found;
    }

    private static bool IsRun(HostPhysical[] taken, int first, int count, out HostPhysical start)
    {
        bool rises = true;
        bool falls = true;
        for (int index = first + 1; index < first + count; index++)
        {
            ulong step = taken[index].Value - taken[index - 1].Value;
            rises &= step == FrameAllocator.FrameSize;
            falls &= step == unchecked(0 - FrameAllocator.FrameSize);
        }

        start = rises ? taken[first] : taken[first + count - 1];
        return rises || falls;
    }
}

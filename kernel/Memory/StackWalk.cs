// SPDX-License-Identifier: MIT
using System;
using Hypervisor.X64;

namespace Hypervisor.Memory;

/// <summary>
/// Follows the chain of frame pointers. Every word is read only where the page tables in use map it and the chain only
/// goes up, but for the step from an interrupt's stack to the interrupted one, so that a broken stack ends the walk and
/// nothing else.
/// </summary>
public static unsafe class StackWalk
{
    private const ulong PresentBit = 1;
    private const ulong LargeBit = 0x80;
    private const ulong FrameMask = 0x000f_ffff_ffff_f000;
    private const ulong CanonicalHigh = 0xffff_8000_0000_0000;
    private const ulong LongestFrame = 0x10000;

    /// <summary>
    /// Collects return addresses from the frame at <paramref name="framePointer"/> outwards; returns how many.
    /// </summary>
    public static int Collect(ulong framePointer, Span<ulong> addresses)
    {
        int count = 0;
        bool hasChangedStacks = false;
        while (count < addresses.Length && IsFrame(framePointer))
        {
            ulong* frame = (ulong*)framePointer;
            ulong outer = frame[0];
            if (frame[1] < KernelLayout.Image)
            {
                break;
            }

            addresses[count++] = frame[1];
            if (outer <= framePointer || outer - framePointer > LongestFrame)
            {
                if (hasChangedStacks)
                {
                    break;
                }

                hasChangedStacks = true;
            }

            framePointer = outer;
        }

        return count;
    }

    /// <summary>
    /// The return address of the running method whose frame is at <paramref name="framePointer"/>.
    /// </summary>
    public static ulong CallerOf(ulong framePointer, out ulong outer)
    {
        ulong* frame = (ulong*)framePointer;
        outer = frame[0];
        return frame[1];
    }

    /// <summary>True where the eight bytes at <paramref name="address"/> can be read without a fault.</summary>
    public static bool IsMapped(ulong address)
    {
        if (address < CanonicalHigh)
        {
            return false;
        }

        ulong table = Instructions.ReadCr3() & FrameMask;
        for (int shift = 39; shift >= 12; shift -= 9)
        {
            ulong entry = *((ulong*)DirectMap.ToPointer(new HostPhysical(table)) + ((address >> shift) & 511));
            if ((entry & PresentBit) == 0)
            {
                return false;
            }

            if ((entry & LargeBit) != 0 && shift != 39)
            {
                return true;
            }

            table = entry & FrameMask;
        }

        return true;
    }

    private static bool IsFrame(ulong framePointer) =>
        (framePointer & 7) == 0 && IsMapped(framePointer) && IsMapped(framePointer + 8);
}

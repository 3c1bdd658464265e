// SPDX-License-Identifier: MIT
using System.Collections.Generic;
using Hypervisor.Machine;
using Hypervisor.Memory;
using Hypervisor.Unit.Memory;
using Xunit;

namespace Hypervisor.Unit.Machine;

/// <summary>What the configuration's check lets through can be built, and nothing much smaller is refused.</summary>
public sealed class GuestCapacityTests
{
    private const ulong MiB = 1 << 20;

    /// <summary>A round number above what the objects of a VM take.</summary>
    private const ulong RegionBytes = MiB;

    [Theory]
    [InlineData(0x5000_0000UL, 0x2ff0_0000UL)]
    [InlineData(0x0ff0_0000UL, 0x20_0000UL)]
    [InlineData(0x5000_0000UL, 0xe_0000_0000UL)]
    public void TheLargestGuest_HasRoom(ulong low, ulong high)
    {
        var machine = new TestMachine(low, high);
        ulong capacity = GuestCapacity.Of(machine.Frames);
        Assert.True(capacity >= (ulong)machine.Frames.FreeFrames * FrameAllocator.FrameSize / 100 * 97);
        Assert.True(CanBuild(machine.Frames, capacity));
    }

    [Fact]
    public void AFragmentedMachine_HasLessForGuestsThanIsFree()
    {
        var machine = new TestMachine(0x0ff0_0000, 0x20_0000);
        Fragment(machine.Frames);
        ulong free = (ulong)machine.Frames.FreeFrames * FrameAllocator.FrameSize;
        ulong capacity = GuestCapacity.Of(machine.Frames);
        Assert.True(capacity < free - (100 * MiB));
        string shortage = GuestCapacity.Shortage(machine.Frames, free);
        Assert.Contains($"{free >> 20} MiB of RAM are wanted", shortage);
        Assert.Contains($"{machine.Frames.FreeBlocks * 2} MiB are free in such blocks", shortage);
        Assert.Contains($"and {free >> 20} MiB in all", shortage);
        Assert.True(CanBuild(machine.Frames, capacity));
    }

    [Fact]
    public void WithoutABlock_ThereIsNoRoom()
    {
        var machine = new TestMachine();
        while (machine.Frames.TryAllocateBlocks(512, FrameKind.Kernel, FrameAllocator.Host, out _, out _))
        {
        }

        Assert.Equal(0, machine.Frames.FreeBlocks);
        Assert.Equal(0UL, GuestCapacity.Of(machine.Frames));
    }

    /// <summary>Most of the blocks keep one frame in use.</summary>
    private static void Fragment(FrameAllocator frames)
    {
        var taken = new List<HostPhysical>();
        for (int count = frames.FreeBlocks * 3 / 4 * FrameAllocator.FramesPerBlock; count > 0; count--)
        {
            Assert.True(frames.TryAllocateFrame(FrameKind.Kernel, FrameAllocator.Host, out HostPhysical frame));
            taken.Add(frame);
        }

        var kept = new HashSet<ulong>();
        foreach (HostPhysical frame in taken)
        {
            if (!kept.Add(frame.Value / FrameAllocator.BlockSize))
            {
                Assert.True(frames.FreeFrame(frame));
            }
        }
    }

    /// <summary>Takes what a VM takes, without touching it.</summary>
    private static bool CanBuild(FrameAllocator frames, ulong memory)
    {
        for (int left = (int)(memory / FrameAllocator.BlockSize); left > 0;)
        {
            if (!frames.TryAllocateBlocks(left, FrameKind.GuestRam, 0, out _, out int count))
            {
                return false;
            }

            left -= count;
        }

        ulong gibibytes = (memory >> 30) + 1;
        ulong beside = (RegionBytes / FrameAllocator.FrameSize) + (gibibytes * 2) + 8;
        while (beside > 0 && frames.TryAllocateFrame(FrameKind.Region, 0, out _))
        {
            beside--;
        }

        return beside == 0;
    }
}

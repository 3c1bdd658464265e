// SPDX-License-Identifier: MIT
using System;
using Hypervisor.Memory;
using Xunit;

namespace Hypervisor.Unit.Memory;

public sealed class DmaPinsTests
{
    private const ulong Block = FrameAllocator.BlockSize;

    private readonly TestMachine _machine = new(256 << 20, 0);
    private readonly VmWindow _window;

    /// <summary>A VM of 4 MiB at 0, and of 2 MiB at 16 MiB.</summary>
    public DmaPinsTests()
    {
        Assert.True(_machine.Windows.TryTake(out _window));
        Assert.True(_window.TryAddRam(new GuestPhysical(0), 2 * Block));
        Assert.True(_window.TryAddRam(new GuestPhysical(8 * Block), Block));
    }

    [Fact]
    public void Segments_AreWhereTheRamLies()
    {
        Assert.True(_window.TryTranslate(new GuestPhysical(Block - 512), out HostPhysical expected, out _));
        var segments = new DmaSegment[4];
        Assert.True(_window.Pins.TryPin(new GuestPhysical(Block - 512), 4096, segments, out int count));
        Assert.Equal(expected.Value, segments[0].Start.Value);
        ulong sum = 0;
        ulong guest = Block - 512;
        foreach (DmaSegment segment in segments.AsSpan(0, count))
        {
            Assert.True(_window.TryTranslate(new GuestPhysical(guest), out HostPhysical physical, out _));
            Assert.Equal(physical.Value, segment.Start.Value);
            guest += segment.Length;
            sum += segment.Length;
        }

        Assert.Equal(4096UL, sum);
    }

    [Fact]
    public void PinnedRam_IsNotReusedWhenItsVmIsGone()
    {
        var segments = new DmaSegment[1];
        Assert.True(_window.Pins.TryPin(new GuestPhysical(Block - 1), 1, segments, out int count));
        Assert.Equal(1, count);
        _ = _window.Destroy();
        Assert.Equal((long)(Block / FrameAllocator.FrameSize), _machine.Frames.Count(FrameKind.Quarantined));
    }

    [Fact]
    public void RamWithoutPins_IsReused()
    {
        var segments = new DmaSegment[4];
        Assert.True(_window.Pins.TryPin(new GuestPhysical(100), Block, segments, out int count));
        _window.Pins.Unpin(segments.AsSpan(0, count));
        _ = _window.Destroy();
        Assert.Equal(0, _machine.Frames.Count(FrameKind.Quarantined));
    }

    [Theory]
    [InlineData(Block, 2 * Block)]
    [InlineData(3 * Block, 1)]
    [InlineData(ulong.MaxValue, 2)]
    [InlineData(0, ulong.MaxValue)]
    public void WhatIsNoRam_IsRefusedAndNothingStaysPinned(ulong start, ulong length)
    {
        var segments = new DmaSegment[8];
        Assert.False(_window.Pins.TryPin(new GuestPhysical(start), length, segments, out int count));
        Assert.Equal(0, count);
        _ = _window.Destroy();
        Assert.Equal(0, _machine.Frames.Count(FrameKind.Quarantined));
    }

    [Fact]
    public void MoreSegmentsThanThereIsRoomFor_AreRefused() =>
        Assert.False(_window.Pins.TryPin(new GuestPhysical(0), 1, [], out _));

    [Fact]
    public void MorePinsThanCanBeCounted_AreRefused()
    {
        var segments = new DmaSegment[2];
        for (int pin = 0; pin < ushort.MaxValue; pin++)
        {
            Assert.True(_window.Pins.TryPin(new GuestPhysical(Block), 1, segments, out _));
        }

        Assert.False(_window.Pins.TryPin(new GuestPhysical(Block), 1, segments, out _));
        Assert.False(_window.Pins.TryPin(new GuestPhysical(Block - 1), 2, segments, out int count));
        Assert.Equal(0, count);
        Assert.True(_window.Pins.TryPin(new GuestPhysical(0), 1, segments, out count));
        for (int pin = 0; pin < ushort.MaxValue - 1; pin++)
        {
            Assert.True(_window.Pins.TryPin(new GuestPhysical(0), 1, segments, out _));
        }
    }
}

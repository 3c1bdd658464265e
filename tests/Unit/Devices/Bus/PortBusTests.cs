// SPDX-License-Identifier: MIT
using System;
using Hypervisor.Devices.Bus;
using Xunit;

namespace Hypervisor.Unit.Devices.Bus;

public sealed class PortBusTests
{
    private readonly PortBus _bus = new();
    private readonly RecordingDevice _device = new("uart");

    [Fact]
    public void Access_ReachesTheDeviceWithItsOffset()
    {
        BusSlot slot = _bus.Add(_device, 0x3F8, 8);
        Assert.Equal(0x88u, _bus.Read(0x3FD, 1));
        Assert.Equal(5UL, _device.LastOffset);
        _bus.Write(0x3F8, 2, 0xABCD);
        Assert.Equal(0UL, _device.LastOffset);
        Assert.Equal(2, _device.LastSize);
        Assert.Equal(0xABCDUL, _device.LastValue);
        Assert.Equal(1UL, slot.Reads);
        Assert.Equal(1UL, slot.Writes);
        Assert.Equal(0UL, _bus.Misses);
    }

    [Fact]
    public void DeviceOffset_PlacesASecondRangeBehindTheFirst()
    {
        _ = _bus.Add(_device, 0x40, 4);
        _ = _bus.Add(_device, 0x61, 1, deviceOffset: 4);
        _ = _bus.Read(0x61, 1);
        Assert.Equal(4UL, _device.LastOffset);
    }

    [Theory]
    [InlineData(0x3F7, 1, 0xFFu)]
    [InlineData(0x3F7, 2, 0xFFFFu)]
    [InlineData(0x3FF, 2, 0xFFFFu)]
    [InlineData(0x3FD, 4, 0xFFFFFFFFu)]
    [InlineData(0x400, 1, 0xFFu)]
    [InlineData(0xFFFF, 4, 0xFFFFFFFFu)]
    public void Access_NotWholeInside_IsAMiss(ushort port, int size, uint expected)
    {
        _ = _bus.Add(_device, 0x3F8, 8);
        Assert.Equal(expected, _bus.Read(port, size));
        _bus.Write(port, size, 0);
        Assert.Equal(0, _device.Accesses);
        Assert.Equal(2UL, _bus.Misses);
    }

    [Fact]
    public void Overlap_NamesBothDevices()
    {
        _ = _bus.Add(_device, 0x3F8, 8);
        var error = Assert.Throws<InvalidOperationException>(() => _bus.Add(new RecordingDevice("lpt"), 0x3FF, 1));
        Assert.Contains("uart", error.Message);
        Assert.Contains("lpt", error.Message);
    }

    [Theory]
    [InlineData(0xFFFF, 2)]
    [InlineData(0x10, 0)]
    [InlineData(0x10, -1)]
    public void Range_OutsideThePorts_IsAFault(ushort first, int count) =>
        Assert.Throws<InvalidOperationException>(() => _bus.Add(_device, first, count));

    [Fact]
    public void LastPorts_CanBeGiven()
    {
        _ = _bus.Add(_device, 0xFFF0, 16);
        _ = _bus.Read(0xFFFF, 1);
        Assert.Equal(15UL, _device.LastOffset);
    }

    [Fact]
    public void MovableSlot_FollowsTheGuest()
    {
        BusSlot slot = _bus.AddMovable(_device, 0x20);
        Assert.Equal(0xFFu, _bus.Read(0xC000, 1));
        slot.Move(0xC000);
        Assert.Equal(0x88u, _bus.Read(0xC01F, 1));
        slot.Move(0xD000);
        Assert.Equal(0xFFu, _bus.Read(0xC01F, 1));
        Assert.Equal(0x88u, _bus.Read(0xD01F, 1));
        slot.Unmap();
        Assert.Equal(0xFFu, _bus.Read(0xD01F, 1));
    }

    [Fact]
    public void Access_AllocatesNothing()
    {
        _ = _bus.Add(_device, 0x3F8, 8);
        Allocation.AssertNone(() =>
        {
            for (int port = 0; port <= 0xFFFF; port++)
            {
                _ = _bus.Read((ushort)port, 4);
                _bus.Write((ushort)port, 1, 0);
            }
        });
    }
}

// SPDX-License-Identifier: MIT
using System;
using Hypervisor.Devices.Bus;
using Hypervisor.Memory;
using Xunit;

namespace Hypervisor.Unit.Devices.Bus;

public sealed class MmioBusTests
{
    private readonly MmioBus _bus = new();
    private readonly RecordingDevice _first = new("ioapic");
    private readonly RecordingDevice _second = new("ecam");

    [Fact]
    public void Access_ReachesTheDeviceWithItsOffset()
    {
        _ = _bus.Add(_first, new GuestPhysical(0xFEC0_0000), 0x1000);
        _ = _bus.Add(_second, new GuestPhysical(0xE000_0000), 0x1000_0000, deviceOffset: 0x100);
        Assert.Equal(0x1122_3344_5566_7788UL, _bus.Read(new GuestPhysical(0xFEC0_0FF8), 8));
        Assert.Equal(0xFF8UL, _first.LastOffset);
        _bus.Write(new GuestPhysical(0xE000_0004), 2, 0x1234);
        Assert.Equal(0x104UL, _second.LastOffset);
        Assert.Equal(0x1234UL, _second.LastValue);
    }

    [Theory]
    [InlineData(0xFEBF_FFFFUL, 2, 0xFFFFUL)]
    [InlineData(0xFEC0_0FFDUL, 4, 0xFFFF_FFFFUL)]
    [InlineData(0xFEC0_1000UL, 1, 0xFFUL)]
    [InlineData(0xFFFF_FFFF_FFFF_FFFFUL, 8, 0xFFFF_FFFF_FFFF_FFFFUL)]
    public void Access_NotWholeInside_IsAMiss(ulong address, int size, ulong expected)
    {
        _ = _bus.Add(_first, new GuestPhysical(0xFEC0_0000), 0x1000);
        Assert.Equal(expected, _bus.Read(new GuestPhysical(address), size));
        _bus.Write(new GuestPhysical(address), size, 1);
        Assert.Equal(0, _first.Accesses);
        Assert.Equal(2UL, _bus.Misses);
    }

    [Fact]
    public void Overlap_NamesBothDevices()
    {
        _ = _bus.Add(_first, new GuestPhysical(0xFEC0_0000), 0x1000);
        var error = Assert.Throws<InvalidOperationException>(
            () => _bus.Add(_second, new GuestPhysical(0xFEB0_0000), 0x10_0001));
        Assert.Contains("ioapic", error.Message);
        Assert.Contains("ecam", error.Message);
    }

    [Fact]
    public void Range_ThatWrapsRound_IsAFault() =>
        Assert.Throws<InvalidOperationException>(() => _bus.Add(_first, new GuestPhysical(ulong.MaxValue), 2));

    [Fact]
    public void MovableSlot_ThatWouldWrapRound_StaysUnmapped()
    {
        BusSlot slot = _bus.AddMovable(_first, 0x1000);
        slot.Move(0xFFFF_FFFF_FFFF_F001);
        _ = _bus.Read(new GuestPhysical(0xFFFF_FFFF_FFFF_F001), 1);
        Assert.Equal(0, _first.Accesses);
        slot.Move(0xFFFF_FFFF_FFFF_F000);
        _ = _bus.Read(new GuestPhysical(0xFFFF_FFFF_FFFF_FFFF), 1);
        Assert.Equal(0xFFFUL, _first.LastOffset);
    }

    [Fact]
    public void Access_AllocatesNothing()
    {
        _ = _bus.Add(_first, new GuestPhysical(0xFEC0_0000), 0x1000);
        _ = _bus.Add(_second, new GuestPhysical(0xE000_0000), 0x1000);
        Allocation.AssertNone(() =>
        {
            for (ulong address = 0; address < 0x1000; address++)
            {
                _ = _bus.Read(new GuestPhysical(0xFEC0_0000 + address), 4);
                _bus.Write(new GuestPhysical(0xE000_0000 + address), 8, 0);
            }
        });
    }
}

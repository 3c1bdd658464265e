// SPDX-License-Identifier: MIT
using System;
using Hypervisor.Devices.Bus;
using Hypervisor.Devices.Chipset;
using Hypervisor.Devices.Pci;
using Hypervisor.Memory;
using Xunit;

namespace Hypervisor.Unit.Devices.Pci;

/// <summary>Configuration space by ports and by ECAM, and BARs that a guest moves.</summary>
public sealed class PciTests
{
    private const ulong Address = 0;
    private const ulong Data = 4;

    private readonly TestControl _control = new();
    private readonly PciBus _bus = new();
    private readonly PciConfigPorts _config;
    private readonly PciEcam _ecam;
    private readonly MmioBus _mmio = new();
    private readonly PortBus _ports = new();
    private readonly RecordingDevice _registers = new("registers");

    public PciTests()
    {
        _config = new PciConfigPorts(_bus, new ResetControl(_control));
        _ecam = new PciEcam(_bus);
        _bus.Add(0, 0, new HostBridge());
        _bus.Add(3, 0, new TestFunction(_mmio, _ports, _registers));
    }

    [Fact]
    public void LinuxProbe_FindsMechanism1()
    {
        // pci_check_type1 and pci_sanity_check in arch/x86/pci/direct.c.
        _config.Write(3, 1, 0x01);
        ulong before = _config.Read(Address, 4);
        _config.Write(Address, 4, 0x8000_0000);
        Assert.Equal(0x8000_0000UL, _config.Read(Address, 4));
        _config.Write(Address, 4, 0x8000_0008);
        Assert.Equal(0x0600UL, _config.Read(Data + 2, 2));
        _config.Write(Address, 4, before);
        Assert.Equal(0UL, before);
    }

    [Fact]
    public void EmptyPlaces_ReadAsAllOnes()
    {
        _config.Write(Address, 4, 0x8000_0800);
        Assert.Equal(0xFFFF_FFFFUL, _config.Read(Data, 4));
        _config.Write(Address, 4, 0x8001_0000);
        Assert.Equal(0xFFFFUL, _config.Read(Data, 2));
        Assert.Equal(0xFFFF_FFFFUL, _ecam.Read(0x0FFF_FFFC, 4));
    }

    [Fact]
    public void DisabledAddress_ReachesNothing()
    {
        _config.Write(Address, 4, 0x0000_0000);
        Assert.Equal(0xFFFF_FFFFUL, _config.Read(Data, 4));
    }

    [Fact]
    public void Port0xCF9_IsTheResetControl()
    {
        _config.Write(1, 1, 0x02);
        Assert.Equal(0x02UL, _config.Read(1, 1));
        _config.Write(1, 1, 0x06);
        Assert.Equal(1, _control.Resets);
    }

    [Fact]
    public void Ecam_ReachesTheSameBytes()
    {
        ulong function = 3 << 15;
        Assert.Equal(0x1042_1AF4UL, _ecam.Read(function, 4));
        Assert.Equal(0x0010_0000_1042_1AF4UL & 0xFFFF_FFFF, _ecam.Read(function, 8) & 0xFFFF_FFFF);
        _ecam.Write(function + 4, 2, 0x0007);
        _config.Write(Address, 4, 0x8000_1804);
        Assert.Equal(0x0007UL, _config.Read(Data, 2));
        Assert.Equal(0UL, _ecam.Read(function + 0x100, 4));
        Assert.Equal(0xFFFF_FFFFUL, _ecam.Read(function + 2, 4));
    }

    [Fact]
    public void ReadOnlyBytes_Stay()
    {
        WriteConfiguration(0x00, 0xFFFF_FFFF);
        WriteConfiguration(0x08, 0xFFFF_FFFF);
        WriteConfiguration(0x2C, 0);
        Assert.Equal(0x1042_1AF4u, ReadConfiguration(0x00));
        Assert.Equal(0x0180_0001u, ReadConfiguration(0x08));
        Assert.Equal(0x0040_1AF4u, ReadConfiguration(0x2C));
    }

    [Fact]
    public void Bars_SayTheirSizeAndType()
    {
        for (int bar = 0; bar < 6; bar++)
        {
            WriteConfiguration(0x10 + (4 * bar), 0xFFFF_FFFF);
        }

        Assert.Equal(0xFFFF_C004u, ReadConfiguration(0x10));
        Assert.Equal(0xFFFF_FFFFu, ReadConfiguration(0x14));
        Assert.Equal(0xFFFF_F000u, ReadConfiguration(0x18));
        Assert.Equal(0xFFFF_FFE1u, ReadConfiguration(0x1C));
        Assert.Equal(0u, ReadConfiguration(0x20));
    }

    [Fact]
    public void Bar_AnswersWhereTheGuestPutsItWhileDecodingIsOn()
    {
        WriteConfiguration(0x10, 0xD000_0000);
        WriteConfiguration(0x14, 0x0000_0080);
        WriteConfiguration(0x1C, 0xC000);
        Assert.Equal(0xFFFFUL, _mmio.Read(new GuestPhysical(0x80_D000_0000), 2));
        WriteConfiguration(0x04, 0x0003);
        Assert.Equal(0x7788UL, _mmio.Read(new GuestPhysical(0x80_D000_3FFE), 2));
        Assert.Equal(0x3FFEUL, _registers.LastOffset);
        Assert.Equal(0x88u, _ports.Read(0xC01F, 1));
        WriteConfiguration(0x10, 0xE000_0000);
        Assert.Equal(0xFFFFUL, _mmio.Read(new GuestPhysical(0x80_D000_3FFE), 2));
        Assert.Equal(0x7788UL, _mmio.Read(new GuestPhysical(0x80_E000_0000), 2));
        WriteConfiguration(0x04, 0);
        Assert.Equal(0xFFFFUL, _mmio.Read(new GuestPhysical(0x80_E000_0000), 2));
    }

    [Fact]
    public void Reset_UnmapsBars()
    {
        WriteConfiguration(0x18, 0xD000_0000);
        WriteConfiguration(0x04, 0x0002);
        _bus.Reset();
        Assert.Equal(0xFFUL, _mmio.Read(new GuestPhysical(0xD000_0000), 1));
        Assert.Equal(0u, ReadConfiguration(0x18));
    }

    [Fact]
    public void TakenPlace_IsAFault()
    {
        var error = Assert.Throws<InvalidOperationException>(() => _bus.Add(0, 0, new HostBridge()));
        Assert.Contains("host-bridge", error.Message);
    }

    [Fact]
    public void RandomTraffic_ByPorts_IsContained()
    {
        HostileTraffic.Run(_config, 8, random =>
        {
            _config.Write(Address, 4, 0x8000_0000 | (uint)random.Next(0x2000));
            _ = _mmio.Read(new GuestPhysical((ulong)random.NextInt64()), 8);
        });
    }

    [Fact]
    public void RandomTraffic_ByEcam_IsContained() => HostileTraffic.Run(_ecam, 0x10_0000, maximumSize: 8);

    private uint ReadConfiguration(int offset)
    {
        _config.Write(Address, 4, 0x8000_1800 | (uint)offset);
        return (uint)_config.Read(Data, 4);
    }

    private void WriteConfiguration(int offset, uint value)
    {
        _config.Write(Address, 4, 0x8000_1800 | (uint)offset);
        _config.Write(Data, 4, value);
    }
}

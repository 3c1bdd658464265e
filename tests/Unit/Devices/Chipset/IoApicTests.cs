// SPDX-License-Identifier: MIT
using Hypervisor.Devices.Chipset;
using Hypervisor.Virtualization;
using Xunit;

namespace Hypervisor.Unit.Devices.Chipset;

/// <summary>The I/O APIC against the 82093AA's data sheet and kvm-unit-tests' ioapic.c.</summary>
public sealed class IoApicTests
{
    private const int Pin = 14;
    private const byte Vector = 0x76;
    private const ulong Level = 1 << 15;
    private const ulong Mask = 1 << 16;

    private readonly ApicBus _bus = new(2);
    private readonly LocalApic _apic;
    private readonly IoApic _ioApic;

    public IoApicTests()
    {
        var clock = new TestClock();
        _apic = new LocalApic(_bus, 0, clock, 40, TestPages.Next());
        _ = new LocalApic(_bus, 1, clock, 40, TestPages.Next());
        _ioApic = new IoApic(_bus);
        _apic.Write(0xF0, 4, 0x1FF);
    }

    [Fact]
    public void Version_IsReadOnlyAndCountsThePins()
    {
        Assert.Equal(0x0017_0020u, Read(1));
        Write(1, 0);
        Assert.Equal(0x0017_0020u, Read(1));
    }

    [Fact]
    public void Id_HasFourBitsAndIsTheArbitrationIdToo()
    {
        Write(0, 0xFFFF_FFFF);
        Assert.Equal(0x0F00_0000u, Read(0));
        Assert.Equal(0x0F00_0000u, Read(2));
        Write(2, 0);
        Assert.Equal(0x0F00_0000u, Read(2));
    }

    [Fact]
    public void Redirection_IsMaskedAfterResetAndKeepsItsWritableBits()
    {
        Assert.Equal(0x0001_0000u, Read(0x10));
        Write(0x10, 0xFFFF_FFFF);
        Write(0x11, 0xFFFF_FFFF);
        Assert.Equal(0x0001_AFFFu, Read(0x10));
        Assert.Equal(0xFF00_0000u, Read(0x11));
        Assert.Equal(0u, Read(0x40));
    }

    [Fact]
    public void ExternalEntry_LetsThePicIn()
    {
        const int PicVector = 0x30;
        var cpu = new TestCpu();
        _apic.Attach(cpu);
        _apic.Write(0x350, 4, 0x1_0000);
        var pic = new Pic8259Pair(new IntrLine(_bus));
        _bus.Connect(pic);
        pic.Write(0, 1, 0x11);
        pic.Write(1, 1, PicVector);
        pic.Write(1, 1, 0x04);
        pic.Write(1, 1, 0x01);
        pic.SetLine(0, true);
        Assert.Equal(-1, _apic.PendingVector);

        // Unmasked while INTR stands: it comes through at once, and the vector is the PIC's.
        Write(0x10, 0x0700 | Vector);
        Assert.Equal(CpuRequests.Interrupt, cpu.Requests);
        Assert.Equal(PicVector, _apic.PendingVector);
        Assert.Equal(-1, _bus.Apics[1].PendingVector);
        Assert.Equal(PicVector, _apic.Acknowledge());
        Assert.Equal(-1, _apic.PendingVector);

        // Another processor's, masked, or in another mode: not this one's.
        pic.Write(0, 1, 0x20);
        pic.SetLine(1, true);
        Assert.Equal(PicVector + 1, _apic.PendingVector);
        Write(0x11, 0x0100_0000);
        Assert.Equal(-1, _apic.PendingVector);
        Assert.Equal(PicVector + 1, _bus.Apics[1].PendingVector);
        Write(0x11, 0);
        Write(0x10, 0x1_0700);
        Assert.Equal(-1, _apic.PendingVector);
        Write(0x10, Vector);
        Assert.Equal(-1, _apic.PendingVector);
    }

    [Fact]
    public void Edge_InterruptsOnce()
    {
        Route(Vector);
        Toggle();
        Assert.Equal(Vector, Take());
        _ioApic.SetPin(Pin, true);
        _ioApic.SetPin(Pin, true);
        Assert.Equal(Vector, Take());
        Assert.Equal(-1, _apic.PendingVector);
    }

    [Fact]
    public void Edge_OnAMaskedPin_IsLost()
    {
        Route(Vector | Mask);
        Toggle();
        Route(Vector);
        Assert.Equal(-1, _apic.PendingVector);
        _ioApic.SetPin(Pin, true);
        Assert.Equal(Vector, Take());
    }

    [Fact]
    public void Level_SetsRemoteIrrUntilTheEoi()
    {
        Route(Vector | Level);
        _ioApic.SetPin(Pin, true);
        Assert.True(IsRemoteIrr);
        Assert.Equal(Vector, _apic.Acknowledge());
        _ioApic.SetPin(Pin, false);
        _ioApic.SetPin(Pin, true);
        _ioApic.SetPin(Pin, false);
        EndOfInterrupt();
        Assert.False(IsRemoteIrr);
        Assert.Equal(-1, _apic.PendingVector);
    }

    [Fact]
    public void Level_ThatStays_InterruptsAgainAfterTheEoi()
    {
        Route(Vector | Level);
        _ioApic.SetPin(Pin, true);
        Assert.Equal(Vector, _apic.Acknowledge());
        EndOfInterrupt();
        Assert.True(IsRemoteIrr);
        Assert.Equal(Vector, _apic.Acknowledge());
    }

    [Fact]
    public void Level_ThatNobodyTakes_ComesOnceTheDestinationIsRight()
    {
        const uint Nobody = 0x0700_0000;
        const uint SwitchedOff = 0x0100_0000;
        foreach (uint destination in new[] { Nobody, SwitchedOff })
        {
            Write(0x11 + (2 * Pin), destination);
            Write(0x10 + (2 * Pin), (uint)(Vector | Level));
            _ioApic.SetPin(Pin, true);
            Assert.False(IsRemoteIrr);
            Write(0x11 + (2 * Pin), 0);
            Assert.True(IsRemoteIrr);
            Assert.Equal(Vector, _apic.Acknowledge());
            _ioApic.SetPin(Pin, false);
            EndOfInterrupt();
            Assert.False(IsRemoteIrr);
            Write(0x10 + (2 * Pin), (uint)Mask);
        }
    }

    [Fact]
    public void Level_OnAMaskedPin_WaitsForTheUnmasking()
    {
        Route(Vector | Level | Mask);
        _ioApic.SetPin(Pin, true);
        Assert.Equal(-1, _apic.PendingVector);
        Route(Vector | Level);
        Assert.Equal(Vector, _apic.PendingVector);
    }

    [Fact]
    public void TriggerMode_FollowsEachInterrupt()
    {
        Route(Vector | Level);
        _ioApic.SetPin(Pin, true);
        Assert.Equal(1u << (Vector % 32), _apic.Read(0x180 + (Vector / 32 * 16)));
        _ioApic.SetPin(Pin, false);
        _ = _apic.Acknowledge();
        EndOfInterrupt();
        Route(Vector);
        Toggle();
        Assert.Equal(0u, _apic.Read(0x180 + (Vector / 32 * 16)));
    }

    [Fact]
    public void EoiRegister_EndsThePin()
    {
        Route(Vector | Level);
        _ioApic.SetPin(Pin, true);
        _ioApic.SetPin(Pin, false);
        _ioApic.Write(0x40, 4, Vector);
        Assert.False(IsRemoteIrr);
    }

    [Fact]
    public void SwitchingToEdgeAndBack_ClearsRemoteIrr()
    {
        // __eoi_ioapic_pin in Linux does this where there is no EOI register.
        Route(Vector | Level);
        _ioApic.SetPin(Pin, true);
        _ioApic.SetPin(Pin, false);
        Route(Vector | Mask);
        Route(Vector | Level);
        Assert.False(IsRemoteIrr);
    }

    [Fact]
    public void Destination_ChoosesTheProcessor()
    {
        LocalApic other = _bus.Apics[1];
        other.Write(0xF0, 4, 0x1FF);
        Write(0x11 + (2 * Pin), 0x0100_0000);
        Write(0x10 + (2 * Pin), Vector);
        Toggle();
        Assert.Equal(-1, _apic.PendingVector);
        Assert.Equal(Vector, other.PendingVector);
    }

    [Fact]
    public void RandomTraffic_IsContained()
    {
        HostileTraffic.Run(
            _ioApic,
            0x1000,
            random =>
            {
                _ioApic.Lock.Acquire();
                _ioApic.Write(0, 4, (ulong)random.Next(0x50));
                _ioApic.Write(0x10, 4, (uint)random.Next());
                _ioApic.Lock.Release();
                _ioApic.SetPin(random.Next(24), random.Next(2) == 0);
                _ioApic.EndOfInterrupt((byte)random.Next());
                _ = _apic.Acknowledge();
                _apic.Write(0xB0, 4, 0);
            },
            maximumSize: 8);
    }

    private bool IsRemoteIrr => (Read(0x10 + (2 * Pin)) & (1 << 14)) != 0;

    private void Route(ulong entry)
    {
        Write(0x10 + (2 * Pin), (uint)entry);
        Write(0x11 + (2 * Pin), 0);
    }

    private void Toggle()
    {
        _ioApic.SetPin(Pin, true);
        _ioApic.SetPin(Pin, false);
    }

    private int Take()
    {
        int vector = _apic.Acknowledge();
        EndOfInterrupt();
        _ioApic.SetPin(Pin, false);
        return vector;
    }

    private void EndOfInterrupt() => _apic.Write(0xB0, 4, 0);

    private uint Read(int register)
    {
        _ioApic.Write(0x00, 4, (ulong)register);
        return (uint)_ioApic.Read(0x10, 4);
    }

    private void Write(int register, uint value)
    {
        _ioApic.Write(0x00, 4, (ulong)register);
        _ioApic.Write(0x10, 4, value);
    }
}

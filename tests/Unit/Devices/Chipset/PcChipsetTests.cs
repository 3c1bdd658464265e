// SPDX-License-Identifier: MIT
using System;
using Hypervisor.Devices.Chipset;
using Hypervisor.Memory;
using Hypervisor.Virtualization;
using Xunit;

namespace Hypervisor.Unit.Devices.Chipset;

/// <summary>The whole board: wires, doors, reset, and Linux's walks over several devices.</summary>
public sealed class PcChipsetTests
{
    private const ulong IoApic = 0xFEC0_0000;
    private const ulong LocalApic = 0xFEE0_0000;

    private readonly TestClock _clock = new();
    private readonly TestControl _control = new();
    private readonly TestBackend _backend = new();
    private readonly TestCpu _cpu = new();
    private readonly PcChipset _chipset;

    public PcChipsetTests()
    {
        var parts = new PcChipsetParts(_clock, HostGuestMemory.Create(1 << 20), _control, _backend, [TestPages.Next()])
        {
            HasDebugExit = true,
        };
        _chipset = new PcChipset(parts);
        _chipset.Attach(_cpu);
    }

    [Fact]
    public void Attach_GivesTheCpuItsApic() => Assert.Same(_chipset.LocalApics[0], _cpu.Interrupts);

    [Theory]
    [InlineData(0x3FD, 1, 0x60u)]
    [InlineData(0x21, 1, 0xFFu)]
    [InlineData(0x64, 1, 0x14u)]
    [InlineData(0x604, 2, 0x0001u)]
    [InlineData(0xCF8, 4, 0u)]
    [InlineData(0x2F8, 1, 0xFFu)]
    [InlineData(0x1F0, 2, 0xFFFFu)]
    [InlineData(0x92, 1, 0x02u)]
    public void Ports_AreWhereTheyBelong(ushort port, int size, uint expected) =>
        Assert.Equal(expected, _chipset.Ports.Read(port, size));

    [Fact]
    public void TimerThroughThePic_ArrivesInVirtualWireMode()
    {
        InitializePic();
        StartTimer();
        _clock.Advance(10_001_000);
        Assert.Equal(CpuRequests.Interrupt, _cpu.Requests);
        Assert.Equal(0x30, _cpu.Interrupts.Acknowledge());
    }

    [Fact]
    public void InterruptBehindAnother_IsAskedForAgain()
    {
        // Automatic EOI, so that INTR stays asserted over the first INTA cycle; and one of the APIC's own behind both.
        InitializePic(icw4: 0x03);
        WriteApic(0xF0, 0x1FF);
        WriteApic(0x300, 0x0004_0041);
        _chipset.Pic.SetLine(1, true);
        _chipset.Pic.SetLine(3, true);
        foreach (int expected in new[] { 0x31, 0x33, 0x41 })
        {
            Assert.True(_cpu.TakeRequest(CpuRequests.Interrupt));
            Assert.Equal(expected, _cpu.Interrupts.Acknowledge());
        }

        Assert.Equal(CpuRequests.None, _cpu.Requests);
    }

    [Fact]
    public void LinuxCheckTimer_FindsTheTimerOnPin2()
    {
        // check_timer in arch/x86/kernel/apic/io_apic.c: PIC masked, LINT0 masked, pin 2 edge-triggered.
        InitializePic();
        Out(0x21, 0xFF);
        WriteApic(0xF0, 0x1FF);
        WriteApic(0x350, 0x1_0700);
        WriteRedirection(2, 0x30);
        StartTimer();
        int ticks = 0;
        for (int millisecond = 0; millisecond < 100; millisecond++)
        {
            _clock.Advance(1_000_000);
            if (_cpu.Interrupts.Acknowledge() == 0x30)
            {
                WriteApic(0xB0, 0);
                ticks++;
            }
        }

        Assert.InRange(ticks, 9, 10);
    }

    [Fact]
    public void SerialInput_ArrivesOnPin4()
    {
        WriteApic(0xF0, 0x1FF);
        WriteRedirection(4, 0x24);
        Out(0x3FC, 0x0B);
        Out(0x3F9, 0x01);
        _backend.Type("x");
        _chipset.Com1.InputAvailable();
        Assert.Equal(0x24, _cpu.Interrupts.Acknowledge());
        Assert.Equal((uint)'x', _chipset.Ports.Read(0x3F8, 1));
    }

    [Fact]
    public void PowerButton_IsALevelOnPin9()
    {
        WriteApic(0xF0, 0x1FF);
        WriteRedirection(9, 0x8029);
        Out(0x603, 0x01);
        _chipset.Pm.PressPowerButton();
        Assert.Equal(0x29, _cpu.Interrupts.Acknowledge());
        Out(0x601, 0x01);
        WriteApic(0xB0, 0);
        Assert.Equal(-1, _cpu.Interrupts.PendingVector);
    }

    [Fact]
    public void LocalApicPage_FollowsTheModeAndTheBase()
    {
        Assert.Equal(0x0005_0014UL, _chipset.ReadMmio(0, new GuestPhysical(LocalApic + 0x30), 4));
        Assert.Equal(0x14UL, _chipset.ReadMmio(0, new GuestPhysical(LocalApic + 0x30), 1));
        Assert.True(_chipset.TryWriteMsr(0, 0x1B, 0xFED4_0900));
        Assert.Equal(0xFFFF_FFFFUL, _chipset.ReadMmio(0, new GuestPhysical(LocalApic + 0x30), 4));
        Assert.Equal(0x0005_0014UL, _chipset.ReadMmio(0, new GuestPhysical(0xFED4_0030), 4));
        Assert.True(_chipset.TryWriteMsr(0, 0x1B, 0xFED4_0D00));
        Assert.Equal(0xFFFF_FFFFUL, _chipset.ReadMmio(0, new GuestPhysical(0xFED4_0030), 4));
        Assert.True(_chipset.TryReadMsr(0, 0x803, out ulong version));
        Assert.Equal(0x0005_0014UL, version);
    }

    [Fact]
    public void Msrs_OfNobody_AreRefused()
    {
        Assert.False(_chipset.TryReadMsr(0, 0x10, out _));
        Assert.False(_chipset.TryWriteMsr(0, 0x900, 0));
        Assert.True(_chipset.TryReadMsr(0, 0x4b56_4d01, out _));
    }

    [Fact]
    public void DebugExit_EndsTheVm()
    {
        _chipset.Ports.Write(0xF4, 4, 0x10);
        Assert.Equal(0x10u, _control.ExitCode);
    }

    [Fact]
    public void Reset_BringsEverythingBack()
    {
        InitializePic();
        StartTimer();
        WriteApic(0xF0, 0x1FF);
        WriteRedirection(2, 0x30);
        Out(0x3F9, 0x02);
        Out(0x3FC, 0x08);
        _clock.Advance(50_000_000);
        _chipset.Reset();
        Assert.Equal(0, _clock.ArmedCount);
        Assert.False(_chipset.Pic.IsAsserted);
        Assert.Equal(-1, _cpu.Interrupts.PendingVector);
        Assert.Equal(0xFFUL, _chipset.ReadMmio(0, new GuestPhysical(LocalApic + 0xF0), 4));
        Assert.Equal(0u, _chipset.Ports.Read(0x3F9, 1));
        _clock.Advance(1_000_000_000);
        Assert.Equal(-1, _cpu.Interrupts.PendingVector);
    }

    [Fact]
    public void RandomTraffic_OverTheWholeBoard_IsContained()
    {
        var random = new Random(77);
        Allocation.AssertNone(() =>
        {
            for (int round = 0; round < 200_000; round++)
            {
                Disturb(random);
            }
        });
    }

    private void Disturb(Random random)
    {
        int size = 1 << random.Next(3);
        ushort port = (ushort)random.Next(0x1000);
        ulong page = random.Next(3) switch
        {
            0 => IoApic,
            1 => LocalApic,
            _ => 0xE000_0000,
        };
        var address = new GuestPhysical(page + (ulong)random.Next(0x1000));
        switch (random.Next(8))
        {
            case 0:
                _ = _chipset.Ports.Read(port, size);
                break;
            case 1:
                _chipset.Ports.Write(port, size, (uint)random.NextInt64());
                break;
            case 2:
                _ = _chipset.ReadMmio(0, address, size);
                break;
            case 3:
                _chipset.WriteMmio(0, address, size, (ulong)random.NextInt64());
                break;
            case 4:
                _ = _chipset.TryWriteMsr(0, 0x4b56_4d00 + (uint)random.Next(4), (ulong)random.Next(1 << 21));
                break;
            case 5:
                _ = _chipset.Hypercall(_cpu, (ulong)random.Next(12), 1, 2, 0, (ulong)random.Next());
                break;
            case 6:
                _ = _cpu.Interrupts.Acknowledge();
                break;
            default:
                _clock.Advance((ulong)random.Next(20_000));
                break;
        }
    }

    private void InitializePic(byte icw4 = 0x01)
    {
        Out(0x20, 0x11);
        Out(0x21, 0x30);
        Out(0x21, 0x04);
        Out(0x21, icw4);
        Out(0xA0, 0x11);
        Out(0xA1, 0x38);
        Out(0xA1, 0x02);
        Out(0xA1, icw4);
    }

    private void StartTimer()
    {
        Out(0x43, 0x34);
        Out(0x40, 11932 & 0xFF);
        Out(0x40, 11932 >> 8);
    }

    private void Out(ushort port, byte value) => _chipset.Ports.Write(port, 1, value);

    private void WriteApic(ulong offset, uint value) =>
        _chipset.WriteMmio(0, new GuestPhysical(LocalApic + offset), 4, value);

    private void WriteRedirection(uint pin, uint low)
    {
        _chipset.WriteMmio(0, new GuestPhysical(IoApic), 4, 0x10 + (2 * pin));
        _chipset.WriteMmio(0, new GuestPhysical(IoApic + 0x10), 4, low);
    }
}

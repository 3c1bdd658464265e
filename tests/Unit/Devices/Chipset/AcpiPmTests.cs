// SPDX-License-Identifier: MIT
using Hypervisor.Devices.Chipset;
using Xunit;

namespace Hypervisor.Unit.Devices.Chipset;

/// <summary>The fixed hardware against chapter 4.8 of the ACPI specification.</summary>
public sealed class AcpiPmTests
{
    private const int Status = 0;
    private const int Enable = 2;
    private const int Control = 4;
    private const int Timer = 8;
    private const int Gpe0Status = 0x20;
    private const int Gpe0Enable = 0x22;

    private readonly TestClock _clock = new();
    private readonly RecordingLine _line = new();
    private readonly TestControl _control = new();
    private readonly AcpiPm _pm;

    public AcpiPmTests()
    {
        _pm = new AcpiPm(_clock, _line, _control);
    }

    [Fact]
    public void Machine_IsInAcpiModeFromTheStart()
    {
        Assert.Equal(1UL, _pm.Read(Control, 2));
        _pm.Write(Control, 2, 0);
        Assert.Equal(1UL, _pm.Read(Control, 2));
    }

    [Fact]
    public void SleepTypeS5_SwitchesThePowerOff()
    {
        // As acpi_hw_legacy_sleep writes it: the type first, then the type with SLP_EN.
        _pm.Write(Control, 2, 0x0001 | (5 << 10));
        Assert.Equal(0, _control.PowerOffs);
        _pm.Write(Control, 2, 0x2001 | (5 << 10));
        Assert.Equal(1, _control.PowerOffs);
        Assert.Equal(0x1401UL, _pm.Read(Control, 2));
    }

    [Fact]
    public void OtherSleepTypes_DoNothing()
    {
        _pm.Write(Control, 2, 0x2000 | (3 << 10));
        Assert.Equal(0, _control.PowerOffs);
    }

    [Fact]
    public void PowerButton_InterruptsUntilItsStatusIsCleared()
    {
        _pm.PressPowerButton();
        Assert.False(_line.IsAsserted);
        _pm.Write(Enable, 2, 0x0100);
        Assert.True(_line.IsAsserted);
        Assert.Equal(0x0100UL, _pm.Read(Status, 2));
        _pm.Write(Status, 2, 0x0001);
        Assert.True(_line.IsAsserted);
        _pm.Write(Status, 2, 0x0100);
        Assert.False(_line.IsAsserted);
    }

    [Fact]
    public void GeneralEvent_Interrupts()
    {
        _pm.Write(Gpe0Enable, 2, 0x8002);
        _pm.RaiseGeneralEvent(15);
        Assert.True(_line.IsAsserted);
        Assert.Equal(0x8000UL, _pm.Read(Gpe0Status, 2));
        _pm.Write(Gpe0Status + 1, 1, 0x80);
        Assert.False(_line.IsAsserted);
    }

    [Fact]
    public void Timer_RunsAtItsRate()
    {
        ulong before = _pm.Read(Timer, 4);
        _clock.Advance(1_000_000_000);
        Assert.Equal(3_579_545UL, _pm.Read(Timer, 4) - before);
        _pm.Write(Timer, 4, 0);
        Assert.Equal(3_579_545UL, _pm.Read(Timer, 4));
        Assert.Equal(3_579_545UL & 0xFF, _pm.Read(Timer, 1));
    }

    [Fact]
    public void TimerStatus_ReportsEveryChangeOfTheUpperBit()
    {
        _pm.Write(Enable, 2, 0x0001);
        _clock.Advance(599_000_000_000);
        Assert.False(_line.IsAsserted);
        _clock.Advance(2_000_000_000);
        Assert.True(_line.IsAsserted);
        _pm.Write(Status, 2, 0x0001);
        Assert.False(_line.IsAsserted);
        _clock.Advance(600_000_000_000);
        Assert.True(_line.IsAsserted);
    }

    [Fact]
    public void RandomTraffic_IsContained()
    {
        HostileTraffic.Run(_pm, AcpiPm.PortCount, random =>
        {
            _clock.Advance((ulong)random.Next(1_000_000));
            _pm.RaiseGeneralEvent(random.Next());
        });
    }
}

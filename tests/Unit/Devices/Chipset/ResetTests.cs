// SPDX-License-Identifier: MIT
using Hypervisor.Devices.Chipset;
using Xunit;

namespace Hypervisor.Unit.Devices.Chipset;

/// <summary>The ways in which a guest resets a PC, and the keyboard controller around one of them.</summary>
public sealed class ResetTests
{
    private readonly TestControl _control = new();

    [Fact]
    public void ResetControl_ActsOnTheRisingResetBit()
    {
        var reset = new ResetControl(_control);
        reset.Write(0, 1, 0x02);
        Assert.Equal(0, _control.Resets);
        Assert.Equal(0x02UL, reset.Read(0, 1));
        reset.Write(0, 1, 0x06);
        Assert.Equal(1, _control.Resets);
    }

    [Fact]
    public void AcpiResetValue_ResetsAtOnce()
    {
        new ResetControl(_control).Write(0, 1, PcLayout.ResetValue);
        Assert.Equal(1, _control.Resets);
    }

    [Fact]
    public void SystemControlA_ResetsAndKeepsA20Open()
    {
        var port = new SystemControlA(_control);
        port.Write(0, 1, 0x00);
        Assert.Equal(0x02UL, port.Read(0, 1));
        Assert.Equal(0, _control.Resets);
        port.Write(0, 1, 0x01);
        Assert.Equal(1, _control.Resets);
    }

    [Fact]
    public void KeyboardController_ResetsOnItsPulse()
    {
        var keyboard = new KeyboardController(_control);
        Assert.Equal(0UL, keyboard.Read(1, 1) & 0x03);
        keyboard.Write(1, 1, 0xFF);
        Assert.Equal(0, _control.Resets);
        keyboard.Write(1, 1, 0xFE);
        Assert.Equal(1, _control.Resets);
        keyboard.Write(1, 1, 0xD1);
        keyboard.Write(0, 1, 0x03);
        Assert.Equal(1, _control.Resets);
        keyboard.Write(1, 1, 0xD1);
        keyboard.Write(0, 1, 0x02);
        Assert.Equal(2, _control.Resets);
    }

    [Fact]
    public void KeyboardController_AnswersItsTests()
    {
        var keyboard = new KeyboardController(_control);
        keyboard.Write(1, 1, 0xAA);
        Assert.Equal(0x01UL, keyboard.Read(1, 1) & 0x01);
        Assert.Equal(0x55UL, keyboard.Read(0, 1));
        Assert.Equal(0x00UL, keyboard.Read(1, 1) & 0x01);
        keyboard.Write(1, 1, 0x60);
        keyboard.Write(0, 1, 0x65);
        keyboard.Write(1, 1, 0x20);
        Assert.Equal(0x65UL, keyboard.Read(0, 1));
    }

    [Fact]
    public void KeyboardController_RandomTraffic_IsContained() =>
        HostileTraffic.Run(new KeyboardController(_control), 2);

    [Fact]
    public void DebugExit_CarriesItsCode()
    {
        new DebugExit(_control).Write(0, 4, 0x1_0000_0021);
        Assert.Equal(0x21u, _control.ExitCode);
    }

    [Fact]
    public void ScratchPorts_RandomTraffic_IsContained() => HostileTraffic.Run(new ScratchPorts(), 16);
}

// SPDX-License-Identifier: MIT
using Hypervisor.Devices.Chipset;
using Xunit;

namespace Hypervisor.Unit.Devices.Chipset;

/// <summary>The 8259A pair against its data sheet, and against what systems do with it.</summary>
public sealed class Pic8259PairTests
{
    private readonly RecordingLine _intr = new();
    private readonly Pic8259Pair _pic;

    public Pic8259PairTests()
    {
        _pic = new Pic8259Pair(_intr);
        Initialize(icw4: 0x01);
    }

    [Fact]
    public void Edge_GivesTheVectorOfItsInput()
    {
        _pic.SetLine(4, true);
        Assert.True(_intr.IsAsserted);
        Assert.Equal(0x34, _pic.PeekVector());
        Assert.Equal(0x34, _pic.Acknowledge());
        Assert.False(_intr.IsAsserted);
        Assert.Equal(-1, _pic.PeekVector());
    }

    [Fact]
    public void Edge_IsLatchedWhenTheLineFallsAgain()
    {
        _pic.SetLine(0, true);
        _pic.SetLine(0, false);
        Assert.Equal(0x30, _pic.Acknowledge());
    }

    [Fact]
    public void Slave_ArrivesThroughTheMastersInput2()
    {
        _pic.SetLine(8, true);
        Assert.Equal(0x38, _pic.Acknowledge());
        Assert.Equal(0x04, ReadIsr(0));
        Assert.Equal(0x01, ReadIsr(2));
    }

    [Fact]
    public void LowerPriority_WaitsForTheEndOfTheHigherOne()
    {
        _pic.SetLine(3, true);
        Assert.Equal(0x33, _pic.Acknowledge());
        _pic.SetLine(5, true);
        Assert.False(_intr.IsAsserted);
        _pic.Write(0, 1, 0x20);
        Assert.Equal(0x35, _pic.Acknowledge());
    }

    [Fact]
    public void HigherPriority_InterruptsTheLowerOne()
    {
        _pic.SetLine(5, true);
        Assert.Equal(0x35, _pic.Acknowledge());
        _pic.SetLine(1, true);
        Assert.Equal(0x31, _pic.Acknowledge());
        Assert.Equal(0x22, ReadIsr(0));
        _pic.Write(0, 1, 0x20);
        Assert.Equal(0x20, ReadIsr(0));
    }

    [Fact]
    public void Mask_HoldsTheRequestBack()
    {
        _pic.Write(1, 1, 0xFF);
        Assert.Equal(0xFFUL, _pic.Read(1, 1));
        _pic.SetLine(4, true);
        Assert.False(_intr.IsAsserted);
        Assert.Equal(0x10UL, _pic.Read(0, 1));
        _pic.Write(1, 1, 0xEF);
        Assert.True(_intr.IsAsserted);
    }

    [Fact]
    public void SpecificEndOfInterrupt_EndsThatInput()
    {
        _pic.SetLine(3, true);
        _ = _pic.Acknowledge();
        _pic.SetLine(1, true);
        _ = _pic.Acknowledge();
        _pic.Write(0, 1, 0x63);
        Assert.Equal(0x02, ReadIsr(0));
    }

    [Fact]
    public void RotateOnEndOfInterrupt_MakesTheInputTheLowest()
    {
        _pic.SetLine(3, true);
        _ = _pic.Acknowledge();
        _pic.Write(0, 1, 0xA0);
        _pic.SetLine(3, false);
        _pic.SetLine(3, true);
        _pic.SetLine(6, true);
        Assert.Equal(0x36, _pic.Acknowledge());
    }

    [Fact]
    public void AutoEndOfInterrupt_KeepsNothingInService()
    {
        Initialize(icw4: 0x03);
        _pic.SetLine(9, true);
        _pic.SetLine(10, true);
        Assert.Equal(0x39, _pic.Acknowledge());
        Assert.True(_intr.IsAsserted);
        Assert.Equal(0x3A, _pic.Acknowledge());
        Assert.Equal(0, ReadIsr(0));
        Assert.False(_intr.IsAsserted);
    }

    [Fact]
    public void SpuriousInterrupt_GivesVector7AndLeavesNoTrace()
    {
        Assert.Equal(0x37, _pic.Acknowledge());
        Assert.Equal(0, ReadIsr(0));
    }

    [Fact]
    public void SlaveRequest_ThatIsTakenBack_IsGone()
    {
        _pic.SetLine(11, true);
        _pic.Write(3, 1, 0xFF);
        Assert.False(_intr.IsAsserted);
        Assert.Equal(0x37, _pic.Acknowledge());
    }

    [Fact]
    public void SpecialMaskMode_LetsLowerPrioritiesThrough()
    {
        _pic.SetLine(1, true);
        _ = _pic.Acknowledge();
        _pic.Write(1, 1, 0x02);
        _pic.Write(0, 1, 0x68);
        _pic.SetLine(5, true);
        Assert.Equal(0x35, _pic.Acknowledge());
    }

    [Fact]
    public void Poll_AcknowledgesAndNamesTheInput()
    {
        _pic.SetLine(6, true);
        _pic.Write(0, 1, 0x0C);
        Assert.Equal(0x86UL, _pic.Read(0, 1));
        Assert.Equal(0x40, ReadIsr(0));
        _pic.Write(0, 1, 0x0C);
        Assert.Equal(0UL, _pic.Read(0, 1));
    }

    [Fact]
    public void LevelTriggeredInput_StaysRequestedUntilItsLineFalls()
    {
        _pic.Write(4, 1, 0xFF);
        _pic.Write(5, 1, 0xFF);
        Assert.Equal(0xDEF8UL, _pic.Read(4, 2));
        _pic.SetLine(9, true);
        Assert.Equal(0x39, _pic.Acknowledge());
        _pic.Write(2, 1, 0x20);
        _pic.Write(0, 1, 0x20);
        Assert.True(_intr.IsAsserted);
        _pic.SetLine(9, false);
        Assert.False(_intr.IsAsserted);
    }

    [Fact]
    public void Initialization_ClearsMaskAndRequestsAndHoldsInterruptsBack()
    {
        _pic.SetLine(3, true);
        _pic.Write(0, 1, 0x11);
        Assert.False(_intr.IsAsserted);
        _pic.Write(1, 2, 0x0440);
        _pic.SetLine(5, true);
        Assert.False(_intr.IsAsserted);
        _pic.Write(1, 1, 0x01);
        Assert.Equal(0UL, _pic.Read(1, 1));
    }

    [Fact]
    public void LinuxProbe_FindsAPic()
    {
        // probe_8259A in arch/x86/kernel/i8259.c.
        _pic.Write(3, 1, 0xFF);
        _pic.Write(1, 1, 0xFB);
        Assert.Equal(0xFBUL, _pic.Read(1, 1));
    }

    [Fact]
    public void RandomTraffic_IsContained()
    {
        HostileTraffic.Run(_pic, 6, random =>
        {
            _pic.SetLine(random.Next(16), random.Next(2) == 0);
            if (random.Next(4) == 0)
            {
                _ = _pic.Acknowledge();
            }
        });
    }

    private void Initialize(byte icw4)
    {
        for (int chip = 0; chip < 2; chip++)
        {
            ulong command = (ulong)chip * 2;
            _pic.Write(command, 1, 0x11);
            _pic.Write(command + 1, 1, 0x30 + ((ulong)chip * 8));
            _pic.Write(command + 1, 1, chip == 0 ? 4UL : 2UL);
            _pic.Write(command + 1, 1, icw4);
        }
    }

    private int ReadIsr(ulong command)
    {
        _pic.Write(command, 1, 0x0B);
        return (int)_pic.Read(command, 1);
    }
}

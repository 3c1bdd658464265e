// SPDX-License-Identifier: MIT
using System.Linq;
using Hypervisor.Drivers.Serial16550;
using Xunit;

namespace Hypervisor.Unit.Drivers;

public sealed class SerialPortTests
{
    [Fact]
    public void FindsAPortAndSetsItUp()
    {
        var line = new SerialLine(SerialPort.Com1);
        var port = new SerialPort(SerialPort.Com1);

        Assert.True(port.Detect());
        port.Start();

        Assert.Equal(1, line.Divisor);
        Assert.Equal(3, line.LineControl);
        Assert.Equal(4, port.Irq);
        Assert.Empty(line.Sent);
    }

    [Fact]
    public void FindsNothingWhereThereIsNothing()
    {
        _ = new SerialLine(SerialPort.Com1) { HasScratch = false };
        Assert.False(new SerialPort(SerialPort.Com1).Detect());
        Assert.False(new SerialPort(SerialPort.Com2).Detect());
    }

    [Fact]
    public void SendsInOrderSixteenAtATime()
    {
        var line = new SerialLine(SerialPort.Com1);
        var port = new SerialPort(SerialPort.Com1);
        port.Start();
        byte[] text = Enumerable.Range(0, 100).Select(static number => (byte)number).ToArray();

        foreach (byte value in text)
        {
            Assert.True(port.TryWrite(value));
        }

        while (line.Interrupts || line.Sent.Count < text.Length)
        {
            line.Drain();
            port.Interrupt.Invoke();
        }

        Assert.Equal(text, line.Sent);
    }

    [Fact]
    public void RefusesWhatDoesNotFit()
    {
        _ = new SerialLine(SerialPort.Com1);
        var port = new SerialPort(SerialPort.Com1);
        port.Start();
        int taken = 0;
        while (port.TryWrite(0) && taken < 100_000)
        {
            taken++;
        }

        Assert.InRange(taken, 16384, 16384 + 16);
    }

    [Fact]
    public void ReceivesAndDropsWhatIsTooMuch()
    {
        var line = new SerialLine(SerialPort.Com1);
        var port = new SerialPort(SerialPort.Com1);
        port.Start();
        Assert.False(port.TryRead(out _));
        for (int number = 0; number < 1030; number++)
        {
            line.Type((byte)number);
        }

        Assert.True(line.Interrupts);
        while (line.Interrupts)
        {
            port.Interrupt.Invoke();
        }

        Assert.Equal(6ul, port.Dropped);
        Assert.True(port.TryRead(out byte first));
        Assert.True(port.TryRead(out byte second));
        Assert.Equal(0, first);
        Assert.Equal(1, second);
    }
}

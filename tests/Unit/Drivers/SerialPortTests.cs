// SPDX-License-Identifier: MIT
using System;
using System.Linq;
using Hypervisor.Drivers.Serial16550;
using Hypervisor.Memory;
using Hypervisor.Platform;
using Hypervisor.Runtime;
using Hypervisor.X64;
using Xunit;

namespace Hypervisor.Unit.Drivers;

[Collection("log")]
public sealed class SerialPortTests
{
    public SerialPortTests()
    {
        // What is logged is not to come out of the port under test.
        Log.IsEchoed = false;
    }

    [Fact]
    public void FindsAPortAndSetsItUp()
    {
        var line = new SerialLine(SerialPort.Com1);
        var port = NewPort(SerialPort.Com1);

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
        Assert.False(NewPort(SerialPort.Com1).Detect());
        Assert.False(NewPort(SerialPort.Com2).Detect());
    }

    [Fact]
    public void SendsInOrderSixteenAtATime()
    {
        var line = new SerialLine(SerialPort.Com1);
        var port = NewPort(SerialPort.Com1);
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
        var port = NewPort(SerialPort.Com1);
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
        var port = NewPort(SerialPort.Com1);
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

    [Fact]
    public void FaultWhileSending_CostsWhatWasQueued_AndTheNextByteIsSent()
    {
        var line = new SerialLine(SerialPort.Com1);
        var port = NewPort(SerialPort.Com1);
        port.Start();
        Assert.True(port.TryWrite((byte)'a'));
        Assert.True(port.TryWrite((byte)'b'));
        Assert.True(port.HasQueued);
        line.Drain();
        line.FaultsLeft = 1;

        port.Interrupt.Invoke();

        Assert.Equal(1ul, port.Faults);
        Assert.Equal(FaultKind.DivideByZero, port.LastFault);
        Assert.Equal(1ul, port.Resets);
        Assert.Equal(1ul, port.Lost);
        Assert.False(port.HasQueued);
        Assert.True(port.TryWrite((byte)'c'));
        line.Drain();
        Assert.Equal("ac"u8.ToArray(), line.Sent);
        Assert.Equal(3, line.LineControl);
        Assert.Equal(1, line.Divisor);
    }

    [Fact]
    public void FaultOfAnyCall_IsANo_AndLeavesThePortUnlockedAndInterruptsOn()
    {
        var line = new SerialLine(SerialPort.Com1);
        var port = NewPort(SerialPort.Com1);
        port.Start();
        Func<bool>[] calls =
        [
            () => port.TryWrite(1),
            () => port.IsSending,
            () =>
            {
                port.Serve();
                return false;
            },
            port.Detect,
        ];

        foreach (Func<bool> call in calls)
        {
            ulong faults = port.Faults;
            line.FaultsLeft = 1;
            Assert.False(call());
            Assert.Equal(faults + 1, port.Faults);
            Assert.Equal(0, CurrentProcessor.SharedLocksHeld);
            Assert.True(CurrentProcessor.InterruptsAreOn);
        }

        line.Type((byte)'x');
        Assert.True(line.Interrupts);
        port.Interrupt.Invoke();
        Assert.True(port.TryRead(out byte value));
        Assert.Equal((byte)'x', value);
    }

    [Fact]
    public void FaultIsLoggedOnceThePortWorksAgain()
    {
        var line = new SerialLine(SerialPort.Com1);
        var port = NewPort(SerialPort.Com1);
        port.Start();
        line.FaultsLeft = 1;
        long before = Log.Next;

        Assert.False(port.TryWrite(1));

        bool isSaid = false;
        for (long number = before; number < Log.Next && Log.TryRead(number, out LogLine said); number++)
        {
            ReadOnlySpan<byte> text = said.Text;
            string words = System.Text.Encoding.ASCII.GetString(text[..said.Length]);
            isSaid |= words.StartsWith("serial port: division by zero in its driver", StringComparison.Ordinal)
                && words.EndsWith(": set up anew", StringComparison.Ordinal);
        }

        Assert.True(isSaid);
    }

    [Fact]
    public void FaultAroundTheDriversCall_SetsThePortUpAnewToo()
    {
        _ = new SerialLine(SerialPort.Com1);
        var port = NewPort(SerialPort.Com1);
        port.Start();
        port.Interrupt.OnFault(FaultKind.NullReference);
        Assert.Equal(1ul, port.Resets);
        Assert.Equal(FaultKind.NullReference, port.LastFault);
    }

    [Fact]
    public void FaultOverAndOver_LeavesThePortAloneForASecond_AndNobodyWaits()
    {
        var line = new SerialLine(SerialPort.Com1);
        FakeProcessor processor = FakeProcessor.Current;
        var clock = new HostClock(1_000_000_000);
        var deadlines = new DeadlineQueue(clock, new DeadlineTimer(clock), 4);
        CurrentProcessor.Owner = new Processor(0, 0, deadlines);
        var port = new SerialPort(SerialPort.Com1, clock);
        port.Start();

        int refused = 0;
        while (!port.IsQuiet && refused < 1000)
        {
            line.FaultsLeft = 1;
            refused += port.TryWrite(1) ? 0 : 1;
        }

        Assert.Equal((ulong)SerialPort.ResetBurst, port.Resets);
        Assert.Equal(1, deadlines.Armed);
        int touched = line.Touched;
        Assert.True(port.TryWrite(1));
        Assert.False(port.HasQueued);
        port.Interrupt.Invoke();
        Assert.Equal(touched, line.Touched);

        // A reset that faults leaves it alone for as long again.
        line.FaultsLeft = 1;
        processor.Timestamp += SerialPort.QuietNanoseconds;
        deadlines.OnInterrupt();
        Assert.True(port.IsQuiet);
        Assert.Equal(1, deadlines.Armed);

        processor.Timestamp += SerialPort.QuietNanoseconds;
        deadlines.OnInterrupt();
        Assert.False(port.IsQuiet);
        Assert.Equal(0, deadlines.Armed);
        line.Sent.Clear();
        Assert.True(port.TryWrite((byte)'z'));
        line.Drain();
        Assert.Equal((byte)'z', line.Sent[^1]);
        CurrentProcessor.Owner = null;
    }

    private static SerialPort NewPort(ushort port) => new(port, new HostClock(1_000_000_000));
}

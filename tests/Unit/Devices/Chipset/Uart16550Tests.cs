// SPDX-License-Identifier: MIT
using System.Text;
using Hypervisor.Devices.Bus;
using Hypervisor.Devices.Chipset;
using Xunit;

namespace Hypervisor.Unit.Devices.Chipset;

/// <summary>The 16550A against its data sheet and against Linux's 8250 driver.</summary>
public sealed class Uart16550Tests
{
    private const int Data = 0;
    private const int Ier = 1;
    private const int Iir = 2;
    private const int Lcr = 3;
    private const int Mcr = 4;
    private const int Lsr = 5;
    private const int Msr = 6;
    private const int Scr = 7;

    private readonly TestBackend _backend = new();
    private readonly RecordingLine _line = new();
    private readonly Uart16550 _uart;

    public Uart16550Tests()
    {
        _uart = new Uart16550("com1", _backend, _line);
    }

    [Fact]
    public void Reset_LeavesTheDocumentedValues()
    {
        Assert.Equal(0x00, Read(Ier));
        Assert.Equal(0x01, Read(Iir));
        Assert.Equal(0x60, Read(Lsr));
        Assert.Equal(0xB0, Read(Msr));
        Assert.Equal("com1", _uart.Name);
    }

    [Fact]
    public void Transmit_ReachesTheBackendAtOnce()
    {
        foreach (byte character in Encoding.ASCII.GetBytes("hello"))
        {
            Assert.Equal(0x60, Read(Lsr));
            Write(Data, character);
        }

        Assert.Equal("hello", _backend.Said);
    }

    [Fact]
    public void DivisorLatch_LiesBehindDlab()
    {
        Write(Lcr, 0x83);
        Write(Data, 0x01);
        Write(Ier, 0x02);
        Assert.Equal(0x0201UL, _uart.Read(0, 2));
        Write(Lcr, 0x03);
        Assert.Equal(0x00, Read(Ier));
        Assert.Equal("", _backend.Said);
    }

    [Fact]
    public void Input_InterruptsWithTimeoutBelowTheTriggerAndDataAtIt()
    {
        EnableFifo(0x81);
        Write(Ier, 0x01);
        Type("abc");
        Assert.True(_line.IsAsserted);
        Assert.Equal(0xCC, Read(Iir));
        Type("defgh");
        Assert.Equal(0xC4, Read(Iir));
        Assert.Equal("abcdefgh", ReadAll());
        Assert.False(_line.IsAsserted);
        Assert.Equal(0xC1, Read(Iir));
    }

    [Fact]
    public void LongInput_WaitsInTheBackend()
    {
        EnableFifo(0x01);
        string text = new('x', 100);
        Type(text);
        Assert.Equal(84, _backend.Unread);
        Assert.Equal(text, ReadAll());
        Assert.Equal(0x60, Read(Lsr));
    }

    [Fact]
    public void WithoutFifo_OneByteIsHeld()
    {
        Type("ab");
        Assert.Equal(1, _backend.Unread);
        Assert.Equal("ab", ReadAll());
    }

    [Fact]
    public void FifoReset_DropsWhatItHolds()
    {
        EnableFifo(0x01);
        Type("ab");
        EnableFifo(0x03);
        Assert.Equal(0x60, Read(Lsr));
    }

    [Fact]
    public void TransmitterEmpty_IsClearedByReadingItAndRaisedByTheNextByte()
    {
        OpenGate();
        Write(Ier, 0x02);
        Assert.True(_line.IsAsserted);
        Assert.Equal(0x02, Read(Iir));
        Assert.False(_line.IsAsserted);
        Assert.Equal(0x01, Read(Iir));
        int edges = _line.Edges;
        Write(Data, (byte)'a');
        Write(Data, (byte)'b');
        Assert.Equal(edges + 2, _line.Edges);
        Assert.Equal(0x02, Read(Iir));
    }

    [Fact]
    public void Interrupt_PassesOnlyWhileOut2IsSet()
    {
        Write(Ier, 0x02);
        Assert.False(_line.IsAsserted);
        Write(Mcr, 0x08);
        Assert.True(_line.IsAsserted);
        Write(Mcr, 0x18);
        Assert.False(_line.IsAsserted);
    }

    [Fact]
    public void LinuxAutoconfig_FindsA16550A()
    {
        // autoconfig() and autoconfig_16550a() in drivers/tty/serial/8250/8250_port.c.
        Write(Ier, 0);
        Assert.Equal(0, Read(Ier) & 0x0F);
        Write(Ier, 0x0F);
        Assert.Equal(0x0F, Read(Ier));
        Write(Ier, 0);
        Write(Mcr, 0x10 | 0x0A);
        Assert.Equal(0x90, Read(Msr) & 0xF0);
        Write(Mcr, 0);

        Write(Lcr, 0xBF);
        Assert.NotEqual(0, Read(Iir));
        Write(Lcr, 0);
        Write(Iir, 0x01);
        Assert.Equal(0xC0, Read(Iir) & 0xC0);
        Write(Lcr, 0x80);
        Assert.NotEqual(0, Read(Iir));
        Write(Lcr, 0);
        Write(Iir, 0x21);
        Assert.Equal(0, Read(Iir) & 0x20);
        Write(Ier, 0x40);
        Assert.Equal(0, Read(Ier) & 0x40);
        Write(Scr, 0x5A);
        Assert.Equal(0x5A, Read(Scr));
    }

    [Fact]
    public void LinuxStartup_FindsNoThreBug()
    {
        // serial8250_THRE_test: the interrupt has to come again each time that it is enabled.
        for (int round = 0; round < 2; round++)
        {
            Write(Ier, 0x02);
            Assert.Equal(0, Read(Iir) & 0x01);
            Write(Ier, 0x00);
        }

        // And TXEN: THRI enabled with the transmitter empty is an interrupt at once.
        Write(Ier, 0x02);
        Assert.Equal(0x60, Read(Lsr) & 0x60);
        Assert.Equal(0, Read(Iir) & 0x01);
    }

    [Fact]
    public void Loopback_ReturnsBytesAndLinesAndOverruns()
    {
        EnableFifo(0x01);
        Write(Mcr, 0x10);
        for (int index = 0; index < 17; index++)
        {
            Write(Data, (byte)index);
        }

        Assert.Equal("", _backend.Said);
        Assert.Equal(0x63, Read(Lsr));
        Assert.Equal(0x61, Read(Lsr));
        Assert.Equal(0, Read(Data));
        _ = Read(Msr);
        Write(Mcr, 0x13);
        Assert.Equal(0x33, Read(Msr));
        Assert.Equal(0x30, Read(Msr));
        Write(Mcr, 0x1F);
        Assert.Equal(0xF8, Read(Msr));
        Write(Mcr, 0x10);
        Assert.Equal(0x0F, Read(Msr));
    }

    [Fact]
    public void Loopback_LeavesInputInTheBackend()
    {
        Write(Mcr, 0x10);
        Type("a");
        Assert.Equal(0x60, Read(Lsr));
        Write(Mcr, 0x00);
        Assert.Equal("a", ReadAll());
    }

    [Fact]
    public void LineStatusInterrupt_HasThePriority()
    {
        Write(Mcr, 0x10);
        Write(Ier, 0x0F);
        Write(Data, 1);
        Write(Data, 2);
        Assert.Equal(0x06, Read(Iir));
        _ = Read(Lsr);
        Assert.Equal(0x04, Read(Iir));
        _ = Read(Data);
        Assert.Equal(0x02, Read(Iir));
        Assert.Equal(0x00, Read(Iir));
        _ = Read(Msr);
        Assert.Equal(0x01, Read(Iir));
    }

    /// <summary>
    /// Whoever holds the lock does not keep a driver from polling; what reading changes must not be read that way, and
    /// the lock, taken twice by one context, says so.
    /// </summary>
    [Fact]
    public void LineStatus_IsReadWithoutTheLockWhileItHasNoErrors()
    {
        var bus = new PortBus();
        _ = bus.Add(_uart, 0x3F8, 8);
        _uart.Lock.Acquire();
        Assert.Equal(0x60u, bus.Read(0x3F8 + Lsr, 1));
        _uart.Lock.Release();
        Type("a");
        _uart.Lock.Acquire();
        Assert.Equal(0x61u, bus.Read(0x3F8 + Lsr, 1));
        Assert.ThrowsAny<System.Exception>(() => bus.Read(0x3F8 + Data, 1));
        Assert.ThrowsAny<System.Exception>(() => bus.Read(0x3F8 + Lsr, 2));
        _uart.Lock.Release();
        Assert.Equal("a", ReadAll());
        Write(Mcr, 0x10);
        Write(Data, 1);
        Write(Data, 2);
        _uart.Lock.Acquire();
        Assert.ThrowsAny<System.Exception>(() => bus.Read(0x3F8 + Lsr, 1));
        _uart.Lock.Release();
        Assert.Equal(0x63u, bus.Read(0x3F8 + Lsr, 1));
        _uart.Lock.Acquire();
        Assert.Equal(0x61u, bus.Read(0x3F8 + Lsr, 1));
        _uart.Lock.Release();
    }

    [Fact]
    public void RandomTraffic_IsContained()
    {
        HostileTraffic.Run(_uart, 8, random =>
        {
            if (random.Next(8) == 0)
            {
                _uart.InputAvailable();
            }
        });
    }

    private void OpenGate() => Write(Mcr, 0x08);

    private void EnableFifo(byte value)
    {
        OpenGate();
        Write(Iir, value);
    }

    private void Type(string text)
    {
        _backend.Type(text);
        _uart.InputAvailable();
    }

    private string ReadAll()
    {
        var text = new StringBuilder();
        while ((Read(Lsr) & 1) != 0)
        {
            _ = text.Append((char)Read(Data));
        }

        return text.ToString();
    }

    private int Read(int register) => (int)_uart.Read((ulong)register, 1);

    private void Write(int register, byte value) => _uart.Write((ulong)register, 1, value);
}

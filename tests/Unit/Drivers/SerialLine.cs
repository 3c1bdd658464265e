// SPDX-License-Identifier: MIT
using System;
using System.Collections.Generic;
using Hypervisor.X64;

namespace Hypervisor.Unit.Drivers;

/// <summary>
/// A 16550 for <see cref="SerialPortTests"/>, as its data sheet says, at the other end of the fake ports.
/// </summary>
internal sealed class SerialLine
{
    private readonly ushort _base;
    private readonly byte[] _registers = new byte[8];
    private readonly Queue<byte> _received = new();
    private readonly Queue<byte> _fifo = new();
    private int _divisor;

    public SerialLine(ushort port)
    {
        _base = port;
        FakeProcessor processor = FakeProcessor.Reset();
        processor.PortRead = Read;
        processor.PortWrite = Write;
    }

    /// <summary>What left the port.</summary>
    public List<byte> Sent { get; } = new();

    /// <summary>So many accesses more are as if the driver had a bug there.</summary>
    public int FaultsLeft { get; set; }

    /// <summary>Accesses so far.</summary>
    public int Touched { get; private set; }

    public bool HasScratch { get; set; } = true;

    public int Divisor => _divisor;

    public byte LineControl => _registers[3];

    public bool Interrupts => (_registers[4] & 8) != 0 && (Cause() & 1) == 0;

    private bool IsLoopback => (_registers[4] & 0x10) != 0;

    public void Type(byte value) => _received.Enqueue(value);

    /// <summary>The line takes all that is in the send FIFO.</summary>
    public void Drain()
    {
        Sent.AddRange(_fifo);
        _fifo.Clear();
    }

    private byte Cause()
    {
        if (_received.Count > 0 && (_registers[1] & 1) != 0)
        {
            return 0xc4;
        }

        return _fifo.Count == 0 && (_registers[1] & 2) != 0 ? (byte)0xc2 : (byte)0xc1;
    }

    private uint Read(ushort port, int size)
    {
        Touch();
        return ReadRegister(port - _base);
    }

    private void Touch()
    {
        Touched++;
        if (FaultsLeft > 0)
        {
            FaultsLeft--;
            throw new DivideByZeroException();
        }
    }

    private uint ReadRegister(int number) => number switch
    {
        0 => _received.TryDequeue(out byte value) ? value : 0u,
        2 => Cause(),
        5 => (_received.Count > 0 ? 1u : 0) | (_fifo.Count == 0 ? 0x60u : 0),
        7 => HasScratch ? _registers[7] : 0xffu,
        int register and >= 0 and < 8 => _registers[register],
        _ => 0xff,
    };

    private void Write(ushort port, int size, uint value)
    {
        Touch();
        int register = port - _base;
        if (register is < 0 or > 7)
        {
            return;
        }

        bool isLatchOpen = (_registers[3] & 0x80) != 0;
        if (register <= 1 && isLatchOpen)
        {
            int shift = register * 8;
            _divisor = (_divisor & ~(0xff << shift)) | ((int)value << shift);
        }
        else if (register == 0)
        {
            (IsLoopback ? _received : _fifo).Enqueue((byte)value);
            Xunit.Assert.True(_fifo.Count <= 16);
        }
        else if (register == 2)
        {
            if ((value & 2) != 0)
            {
                _received.Clear();
            }

            if ((value & 4) != 0)
            {
                _fifo.Clear();
            }
        }
        else
        {
            _registers[register] = (byte)value;
        }
    }
}

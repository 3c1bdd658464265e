// SPDX-License-Identifier: MIT
using Hypervisor.Platform;
using Hypervisor.X64;

namespace Hypervisor.Drivers.Serial16550;

/// <summary>
/// The registers of a 16550 at 115200 8N1 with its FIFOs, and the queues before and behind them. All of it runs behind
/// the boundary of <see cref="SerialPort"/>, one call at a time.
/// </summary>
internal sealed class SerialChip
{
    /// <summary>Bytes that wait to be sent: about a second and a half of output.</summary>
    private const int SendCapacity = 16384;
    private const int ReceiveCapacity = 1024;
    private const int FifoSize = 16;
    private const int MaximumCauses = 32;
    private const int MaximumReceived = 64;
    private const byte DivisorLatch = 0x80;
    private const byte EightDataBitsNoParityOneStop = 0x03;
    private const byte Divisor115200 = 1;
    private const byte FifosOnAndCleared = 0xc7;
    private const byte FifosOn = 0xc1;
    private const byte LoopbackProbe = 0xa5;
    private const int LoopbackPatience = 10_000;

    private readonly ByteQueue _send = new(SendCapacity);
    private readonly ByteQueue _received = new(ReceiveCapacity);
    private readonly ushort _port;

    public SerialChip(ushort port)
    {
        _port = port;
    }

    /// <summary>Received bytes that nobody had taken in time.</summary>
    public ulong Dropped { get; private set; }

    /// <summary>Times that the line said of a byte that it was broken (framing, parity, overrun).</summary>
    public ulong LineErrors { get; private set; }

    /// <summary>Bytes that a reset has found in the queues.</summary>
    public ulong Lost { get; private set; }

    /// <summary>Bytes wait for the device to take them.</summary>
    public bool HasQueued => !_send.IsEmpty;

    /// <summary>The device has not sent all that it took.</summary>
    public bool IsSending => !ReadLineStatus().TransmitterEmpty;

    /// <summary>
    /// True where there is a UART: its scratch register keeps a value, and in loopback what is sent comes
    /// back. Interrupts are off afterwards.
    /// </summary>
    public bool Detect()
    {
        Write(SerialRegister.Scratch, LoopbackProbe);
        bool keeps = Read(SerialRegister.Scratch) == LoopbackProbe;
        Write(SerialRegister.Scratch, 0);
        if (!keeps || Read(SerialRegister.Scratch) != 0)
        {
            return false;
        }

        SetUp();
        Write(SerialRegister.ModemControl, new ModemControl { Loopback = true }.Value);
        Write(SerialRegister.Data, LoopbackProbe);
        bool returned = false;
        for (int tries = 0; tries < LoopbackPatience && !returned; tries++)
        {
            returned = ReadLineStatus().DataReady;
        }

        returned = returned && Read(SerialRegister.Data) == LoopbackProbe;
        SetUp();
        return returned;
    }

    /// <summary>Sets the port up and lets it interrupt; its interrupt is led to a processor by then.</summary>
    public void Start()
    {
        SetUp();
        Write(SerialRegister.InterruptEnable, new InterruptEnable { Received = true, LineStatus = true }.Value);
    }

    /// <summary>After a fault: what was queued is lost, and the device works again.</summary>
    public void Reset()
    {
        FaultInjector.Pass(FaultSite.SerialReset);
        Lost += (ulong)(_send.Count + _received.Count);
        _send.Clear();
        _received.Clear();
        Start();
    }

    /// <summary>It interrupts no more.</summary>
    public void Silence() => Write(SerialRegister.InterruptEnable, 0);

    /// <summary>False where the queue is full.</summary>
    public bool TryWrite(byte value)
    {
        FaultInjector.Pass(FaultSite.SerialWrite);
        bool wasEmpty = _send.IsEmpty;
        bool added = _send.TryAdd(value);
        if (wasEmpty)
        {
            Send();
        }

        return added;
    }

    public bool TryRead(out byte value) => _received.TryTake(out value);

    /// <summary>
    /// Serves whatever the device asks for; true where bytes have come or the send queue has drained.
    /// </summary>
    public bool Serve()
    {
        bool isNews = false;
        int causes = 0;
        for (; causes < MaximumCauses && !ReadCause().IsIdle; causes++)
        {
            LineStatus status = ReadLineStatus();
            CountErrors(status);
            isNews |= Receive(status);
            FaultInjector.Pass(FaultSite.SerialServe);
            if (ReadLineStatus().HoldingEmpty)
            {
                int before = _send.Count;
                Send();
                isNews |= before > SendCapacity / 2 && _send.Count <= SendCapacity / 2;
                isNews |= before > 0 && _send.IsEmpty;
            }
        }

        if (causes == MaximumCauses)
        {
            // The line is still asserted, and it is edge-triggered: dropped and raised again, it interrupts again.
            Silence();
            Send();
        }

        return isNews;
    }

    private void SetUp()
    {
        Write(SerialRegister.InterruptEnable, 0);
        Write(SerialRegister.LineControl, DivisorLatch);
        Write(SerialRegister.Data, Divisor115200);
        Write(SerialRegister.InterruptEnable, 0);
        Write(SerialRegister.LineControl, EightDataBitsNoParityOneStop);
        Write(SerialRegister.Fifo, FifosOn);
        Write(SerialRegister.Fifo, FifosOnAndCleared);
        Write(
            SerialRegister.ModemControl,
            new ModemControl { DataTerminalReady = true, RequestToSend = true, Output2 = true }.Value);
    }

    /// <summary>
    /// Reads what has come, at most so much that a line that never falls silent does not hold the processor.
    /// </summary>
    private bool Receive(LineStatus status)
    {
        int count = 0;
        while (status.DataReady && count < MaximumReceived)
        {
            if (!_received.TryAdd(Read(SerialRegister.Data)))
            {
                Dropped++;
            }

            count++;
            status = ReadLineStatus();
            CountErrors(status);
        }

        return count > 0;
    }

    /// <summary>Fills the send FIFO where it is empty, and asks for an interrupt while there is more.</summary>
    private void Send()
    {
        if (ReadLineStatus().HoldingEmpty)
        {
            for (int count = 0; count < FifoSize && _send.TryTake(out byte value); count++)
            {
                Write(SerialRegister.Data, value);
            }
        }

        Write(
            SerialRegister.InterruptEnable,
            new InterruptEnable { Received = true, LineStatus = true, HoldingEmpty = !_send.IsEmpty }.Value);
    }

    private void CountErrors(LineStatus status)
    {
        if (status.Overrun || status.ParityError || status.FramingError)
        {
            LineErrors++;
        }
    }

    private LineStatus ReadLineStatus() => new(Read(SerialRegister.LineStatus));

    private InterruptIdentity ReadCause() => new(Read(SerialRegister.Fifo));

    private byte Read(SerialRegister register) => Instructions.In8((ushort)(_port + (ushort)register));

    private void Write(SerialRegister register, byte value) =>
        Instructions.Out8((ushort)(_port + (ushort)register), value);
}

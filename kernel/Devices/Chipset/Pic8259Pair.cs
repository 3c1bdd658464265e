// SPDX-License-Identifier: MIT
using System.Threading;
using Hypervisor.Devices.Bus;

namespace Hypervisor.Devices.Chipset;

/// <summary>
/// The PC's two 8259A interrupt controllers, the slave's output on the master's input 2, with their edge/level control
/// registers. Device offsets: 0 and 1 the master's ports, 2 and 3 the slave's, 4 and 5 the ELCRs.
/// </summary>
public sealed class Pic8259Pair : ByteDevice
{
    private const int InputsPerChip = 8;

    // The timer, the keyboard and the cascade are always edge-triggered, and so are the RTC and the coprocessor's
    // error.
    private readonly Pic8259 _master = new(isMaster: true, elcrMask: 0xF8);
    private readonly Pic8259 _slave = new(isMaster: false, elcrMask: 0xDE);
    private readonly InterruptLine _output;
    private bool _asserted;

    /// <param name="output">INTR: to the processors' LINT0.</param>
    public Pic8259Pair(InterruptLine output)
    {
        _output = output;
    }

    public override string Name => "pic";

    /// <summary>The master's and the slave's registers, for snapshots.</summary>
    public ref Pic8259State Master => ref _master.State;

    public ref Pic8259State Slave => ref _slave.State;

    /// <summary>
    /// True while INTR is asserted. Read without the lock by the processor that looks for interrupts.
    /// </summary>
    public bool IsAsserted => Volatile.Read(ref _asserted);

    /// <summary>Drives ISA interrupt input 0..15; input 2 is the cascade and is not driven from outside.</summary>
    public void SetLine(int irq, bool asserted)
    {
        if (irq == Pic8259.CascadeInput)
        {
            return;
        }

        Lock.Acquire();
        if (irq < InputsPerChip)
        {
            _master.SetLine(irq, asserted);
        }
        else
        {
            _slave.SetLine(irq - InputsPerChip, asserted);
        }

        Update();
        Lock.Release();
    }

    /// <summary>The vector that <see cref="Acknowledge"/> would give now; -1 where INTR is not asserted.</summary>
    public int PeekVector()
    {
        Lock.Acquire();
        int vector = -1;
        int input = _master.PendingInput;
        if (input >= 0)
        {
            vector = input == Pic8259.CascadeInput
                ? _slave.VectorOf(_slave.PendingInput)
                : _master.VectorOf(input);
        }

        Lock.Release();
        return vector;
    }

    /// <summary>
    /// The INTA cycles: takes the pending interrupt, or gives the spurious vector where it went away.
    /// </summary>
    public int Acknowledge()
    {
        Lock.Acquire();
        int input = _master.PendingInput;
        int vector = _master.VectorOf(input);
        if (input >= 0)
        {
            _master.Acknowledge(input);
            if (input == Pic8259.CascadeInput)
            {
                vector = AcknowledgeSlave();
            }
        }

        Update();
        Lock.Release();
        return vector;
    }

    public override void Reset()
    {
        _master.Reset();
        _slave.Reset();
        _master.SetCascade(false);
        Update();
    }

    protected override byte ReadByte(int offset) => offset switch
    {
        0 => ReadCommand(_master),
        1 => _master.ReadMask(),
        2 => ReadCommand(_slave),
        3 => _slave.ReadMask(),
        4 => _master.ReadEdgeLevel(),
        _ => _slave.ReadEdgeLevel(),
    };

    protected override void WriteByte(int offset, byte value)
    {
        switch (offset)
        {
            case 0:
                _master.WriteCommand(value);
                break;
            case 1:
                _master.WriteData(value);
                break;
            case 2:
                _slave.WriteCommand(value);
                break;
            case 3:
                _slave.WriteData(value);
                break;
            case 4:
                _master.WriteEdgeLevel(value);
                break;
            default:
                _slave.WriteEdgeLevel(value);
                break;
        }

        Update();
    }

    private byte ReadCommand(Pic8259 chip)
    {
        byte value = chip.ReadCommand();
        Update();
        return value;
    }

    private int AcknowledgeSlave()
    {
        int input = _slave.PendingInput;
        if (input >= 0)
        {
            _slave.Acknowledge(input);
        }

        // The slave's output drops during the cycle; another request of it is a new edge for the master.
        _master.SetCascade(false);
        return _slave.VectorOf(input);
    }

    private void Update()
    {
        _master.SetCascade(_slave.Output);
        bool asserted = _master.Output;
        if (asserted != _asserted)
        {
            // INTR is to be seen before the entries that lead it on are looked at.
            Volatile.Write(ref _asserted, asserted);
            Interlocked.MemoryBarrier();
            _output.Set(asserted);
        }
    }
}

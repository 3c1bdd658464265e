// SPDX-License-Identifier: MIT
using System;
using Hypervisor.Devices.Bus;
using Hypervisor.Virtualization;

namespace Hypervisor.Devices.Chipset;

/// <summary>
/// The PC's 8254 interval timer: counter 0 gives ISA interrupt 0, counter 2 the speaker's tone that guests calibrate
/// clocks with. Device offsets: 0..2 the counters, 3 the control word, 4 port 0x61.
/// </summary>
/// <remarks>
/// A tick that could not be given in time is given late, at up to four times the rate, until the guest has caught up;
/// more than a second's worth is dropped and counted.
/// </remarks>
public sealed class Pit8254 : ByteDevice
{
    private const int ChannelCount = 3;
    private const int ControlOffset = 3;
    private const int ReadBackCommand = 3;

    // Port 0x61, NMI status and control.
    private const int GateChannel2 = 0x01;
    private const int WritableBits = 0x0F;
    private const int RefreshToggle = 0x10;
    private const int OutputChannel2 = 0x20;

    /// <summary>Half a cycle of the memory refresh, in nanoseconds: bit 4 of port 0x61 changes with it.</summary>
    private const ulong RefreshHalfCycle = 15_085;

    /// <summary>Interrupts are never closer than this, in nanoseconds, whatever the guest programs.</summary>
    private const ulong ShortestInterval = 100_000;

    private readonly PitChannel[] _channels = new PitChannel[ChannelCount];
    private readonly VirtualClock _clock;
    private readonly InterruptLine _line;
    private readonly PitTimer _timer;
    private Pit8254State _state;

    public Pit8254(VirtualClock clock, InterruptLine line)
    {
        _clock = clock;
        _line = line;
        _timer = new PitTimer(this);
        for (int index = 0; index < ChannelCount; index++)
        {
            _channels[index] = new PitChannel();
        }

        Reset();
    }

    public override string Name => "pit";

    public ref Pit8254State State => ref _state;

    /// <summary>The registers of counter 0, 1 or 2, for snapshots.</summary>
    public ref PitChannelState Channel(int index) => ref _channels[index].State;

    public override void Reset()
    {
        _clock.Cancel(_timer);
        _line.Set(false);
        _state = default;
        for (int index = 0; index < ChannelCount; index++)
        {
            _channels[index].Reset(gate: index != 2);
        }
    }

    /// <summary>
    /// Counter 0 is due, or was: another vCPU than the one that serves the timer may have loaded it anew since. So the
    /// time counts that it is under the lock.
    /// </summary>
    internal void Expire()
    {
        Lock.Acquire();
        if (_channels[0].State.IsCounting)
        {
            Tick(_channels[0], _clock.Nanoseconds);
        }

        Lock.Release();
    }

    protected override byte ReadByte(int offset)
    {
        ulong now = _clock.Nanoseconds;
        return offset switch
        {
            < ChannelCount => _channels[offset].Read(now),
            ControlOffset => 0xFF,
            _ => ReadSystemControlB(now),
        };
    }

    protected override void WriteByte(int offset, byte value)
    {
        ulong now = _clock.Nanoseconds;
        if (offset < ChannelCount)
        {
            if (_channels[offset].WriteCount(value, now) && offset == 0)
            {
                Restart(now);
            }
        }
        else if (offset == ControlOffset)
        {
            WriteControl(value, now);
        }
        else
        {
            _state.SystemControlB = (byte)(value & WritableBits);
            _channels[2].SetGate((value & GateChannel2) != 0, now);
        }
    }

    private void Tick(PitChannel channel, ulong now)
    {
        if (channel.PeriodsAt(now) <= _state.TicksGiven)
        {
            if (channel.IsPeriodic || _state.TicksGiven == 0)
            {
                ArmNext(channel, now);
            }

            return;
        }

        _state.TicksGiven++;
        _line.Pulse();
        if (channel.IsPeriodic)
        {
            DropExcess(channel, now);
            ulong period = Frequency.NanosecondsFor(channel.State.Count, PitChannel.InputFrequency);
            ArmNext(channel, now + Math.Max(ShortestInterval, period / 4));
        }
    }

    private byte ReadSystemControlB(ulong now)
    {
        int refresh = (now / RefreshHalfCycle & 1) != 0 ? RefreshToggle : 0;
        int output = _channels[2].OutputAt(now) ? OutputChannel2 : 0;
        return (byte)(_state.SystemControlB | refresh | output);
    }

    private void WriteControl(byte control, ulong now)
    {
        int selected = control >> 6;
        if (selected == ReadBackCommand)
        {
            ReadBack(control, now);
        }
        else if ((control & 0x30) == 0)
        {
            _channels[selected].LatchCount(now);
        }
        else
        {
            _channels[selected].WriteControl(control);
            if (selected == 0)
            {
                _clock.Cancel(_timer);
            }
        }
    }

    /// <summary>Bits 3:1 select counters; bits 5 and 4 clear ask for the count and the status.</summary>
    private void ReadBack(byte control, ulong now)
    {
        for (int index = 0; index < ChannelCount; index++)
        {
            if ((control & (2 << index)) == 0)
            {
                continue;
            }

            if ((control & 0x20) == 0)
            {
                _channels[index].LatchCount(now);
            }

            if ((control & 0x10) == 0)
            {
                _channels[index].LatchStatus(now);
            }
        }
    }

    /// <summary>
    /// Counter 0 has a new count: it starts, or goes on with the old one up to the end of its period.
    /// </summary>
    private void Restart(ulong now)
    {
        PitChannel channel = _channels[0];
        _state.TicksGiven = channel.State.NextCount == 0 ? 0 : _state.TicksGiven;
        _clock.Cancel(_timer);
        if (channel.State.IsCounting)
        {
            ArmNext(channel, now);
        }
    }

    /// <summary>Arms the timer for the next rising edge of OUT, or soon where that is in the past.</summary>
    private void ArmNext(PitChannel channel, ulong soonest) =>
        _clock.Arm(_timer, Math.Max(channel.TimeOfPeriod(_state.TicksGiven + 1), soonest));

    private void DropExcess(PitChannel channel, ulong now)
    {
        ulong elapsed = channel.PeriodsAt(now);
        ulong owed = elapsed > _state.TicksGiven ? elapsed - _state.TicksGiven : 0;
        ulong most = Math.Max(1, PitChannel.InputFrequency / channel.State.Count);
        if (owed > most)
        {
            _state.TicksLost += owed - most;
            _state.TicksGiven = elapsed - most;
        }
    }
}

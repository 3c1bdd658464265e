// SPDX-License-Identifier: MIT
using System.Threading;
using Hypervisor.Devices.Bus;
using Hypervisor.Memory;

namespace Hypervisor.Devices.Chipset;

/// <summary>
/// The I/O APIC (Intel 82093AA data sheet, order number 290566; with the EOI register of version 0x20). Polarity is
/// ignored: a wire says asserted, whatever voltage that would be.
/// </summary>
public sealed class IoApic : Device
{
    // Offsets in its page.
    private const ulong SelectOffset = 0x00;
    private const ulong WindowOffset = 0x10;
    private const ulong EndOfInterruptOffset = 0x40;

    // Registers behind the window.
    private const int IdRegister = 0x00;
    private const int VersionRegister = 0x01;
    private const int ArbitrationRegister = 0x02;
    private const int FirstRedirectionRegister = 0x10;

    private const uint IdBits = 0x0F00_0000;
    private const uint VersionValue = 0x20 | ((PcLayout.IoApicPins - 1) << 16);

    // Redirection entries.
    private const ulong VectorBits = 0xFF;
    private const ulong LogicalMode = 1 << 11;
    private const ulong RemoteIrr = 1 << 14;
    private const ulong LevelTriggered = 1 << 15;
    private const ulong Masked = 1 << 16;
    private const ulong WritableBits = 0xFF00_0000_0001_AFFF;
    private const int DeliveryModeShift = 8;
    private const int DestinationShift = 56;

    /// <summary>
    /// Where the PIC's INTR is wired to, as on every PC: of use in ExtINT mode, and without effect in others.
    /// </summary>
    private const int ExternalPin = 0;

    private readonly ApicBus _bus;
    private IoApicState _state;

    public IoApic(ApicBus bus)
    {
        _bus = bus;
        _state.Redirection = new ulong[PcLayout.IoApicPins];
        Reset();
        bus.Connect(this);
    }

    public override string Name => "ioapic";

    public ref IoApicState State => ref _state;

    public override void Reset()
    {
        _state.Select = 0;
        _state.Id = (uint)PcLayout.IoApicId << 24;
        for (int pin = 0; pin < PcLayout.IoApicPins; pin++)
        {
            _state.Redirection[pin] = Masked;
        }
    }

    /// <summary>
    /// Drives an input pin. A rising edge on a masked pin is lost, as the data sheet says; a level is not.
    /// </summary>
    public void SetPin(int pin, bool asserted)
    {
        uint bit = 1u << pin;
        Lock.Acquire();
        bool wasAsserted = (_state.Lines & bit) != 0;
        _state.Lines = asserted ? _state.Lines | bit : _state.Lines & ~bit;
        if (asserted && (!wasAsserted || IsLevel(pin)))
        {
            Service(pin);
        }

        Lock.Release();
    }

    /// <summary>A processor has ended a level-triggered interrupt: pins with that vector may interrupt again.</summary>
    public void EndOfInterrupt(byte vector)
    {
        Lock.Acquire();
        End(vector);
        Lock.Release();
    }

    /// <summary>
    /// True where the PIC's interrupts reach this APIC through an unmasked ExtINT entry: the PIC gives the vector then.
    /// It is looked at without the lock, by the processor that could take one.
    /// </summary>
    internal bool RoutesExternalTo(LocalApic apic)
    {
        ulong entry = Volatile.Read(ref _state.Redirection[ExternalPin]);
        return (entry & Masked) == 0 && ModeOf(entry) == ApicDeliveryMode.External && apic.IsTargetOf(MessageOf(entry));
    }

    public override ulong Read(ulong offset, int size) => offset switch
    {
        SelectOffset => _state.Select,
        WindowOffset => ReadWindow(_state.Select) & AllOnes.OfSize(size),
        _ => 0,
    };

    public override void Write(ulong offset, int size, ulong value)
    {
        switch (offset)
        {
            case SelectOffset:
                _state.Select = (byte)value;
                break;
            case WindowOffset when size >= sizeof(uint):
                WriteWindow(_state.Select, (uint)value);
                break;
            case EndOfInterruptOffset:
                End((byte)value);
                break;
        }
    }

    private uint ReadWindow(int register)
    {
        switch (register)
        {
            case IdRegister:
            case ArbitrationRegister:
                return _state.Id;
            case VersionRegister:
                return VersionValue;
            default:
                if (!TryPin(register, out int pin, out int shift))
                {
                    return 0;
                }

                return (uint)(_state.Redirection[pin] >> shift);
        }
    }

    private void WriteWindow(int register, uint value)
    {
        if (register == IdRegister)
        {
            _state.Id = value & IdBits;
        }
        else if (TryPin(register, out int pin, out int shift))
        {
            WriteRedirection(pin, shift, value);
        }
    }

    private void WriteRedirection(int pin, int shift, uint value)
    {
        ulong half = (ulong)uint.MaxValue << shift;
        ulong writable = WritableBits & half;
        ulong entry = (_state.Redirection[pin] & ~writable) | (((ulong)value << shift) & writable);

        // Remote IRR means nothing for an edge-triggered pin; drivers switch to edge and back to clear it.
        if ((entry & LevelTriggered) == 0)
        {
            entry &= ~RemoteIrr;
        }

        _state.Redirection[pin] = entry;
        if (pin == ExternalPin)
        {
            // As in LocalApic: the entry is to be seen before INTR is looked at.
            Interlocked.MemoryBarrier();
            _bus.ExternalRouteChanged();
        }

        if (IsLevel(pin) && (_state.Lines & (1u << pin)) != 0)
        {
            Service(pin);
        }
    }

    /// <summary>Sends the pin's message where it is not masked and, for a level, not waiting for its EOI.</summary>
    private void Service(int pin)
    {
        ulong entry = _state.Redirection[pin];
        if ((entry & (Masked | RemoteIrr)) != 0)
        {
            return;
        }

        // Set when a local APIC accepts the level (data sheet, 3.2.4): where none does there will be no EOI. One that
        // comes before the bit is set waits for this device's lock.
        bool isLevel = (entry & LevelTriggered) != 0;
        bool isAccepted = _bus.Send(MessageOf(entry));
        if (isAccepted && isLevel && ModeOf(entry) is ApicDeliveryMode.Fixed or ApicDeliveryMode.LowestPriority)
        {
            _state.Redirection[pin] = entry | RemoteIrr;
        }
    }

    private static ApicDeliveryMode ModeOf(ulong entry) => (ApicDeliveryMode)((entry >> DeliveryModeShift) & 7);

    private static ApicMessage MessageOf(ulong entry)
    {
        uint destination = (uint)(entry >> DestinationShift);
        return new ApicMessage(
            (byte)(entry & VectorBits),
            ModeOf(entry),
            (entry & LevelTriggered) != 0,
            (entry & LogicalMode) != 0,
            destination,
            destination == ApicMessage.BroadcastDestination);
    }

    private void End(byte vector)
    {
        for (int pin = 0; pin < PcLayout.IoApicPins; pin++)
        {
            ulong entry = _state.Redirection[pin];
            if ((entry & RemoteIrr) == 0 || (entry & VectorBits) != vector)
            {
                continue;
            }

            _state.Redirection[pin] = entry & ~RemoteIrr;
            if ((_state.Lines & (1u << pin)) != 0)
            {
                Service(pin);
            }
        }
    }

    private bool IsLevel(int pin) => (_state.Redirection[pin] & LevelTriggered) != 0;

    private static bool TryPin(int register, out int pin, out int shift)
    {
        int index = register - FirstRedirectionRegister;
        bool exists = (uint)index < 2 * PcLayout.IoApicPins;
        pin = GuestIndex.Clamp(index >> 1, PcLayout.IoApicPins);
        shift = 32 * (index & 1);
        return exists;
    }
}

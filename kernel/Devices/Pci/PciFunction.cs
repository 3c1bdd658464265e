// SPDX-License-Identifier: MIT
using System;
using System.Buffers.Binary;
using Hypervisor.Devices.Bus;

namespace Hypervisor.Devices.Pci;

/// <summary>
/// One PCI function: its configuration space with the bits that a guest may change, and base address registers that the
/// guest moves at run time. Devices derive from it or own one.
/// </summary>
public class PciFunction
{
    private const byte IoSpace = 1 << 0;
    private const byte MemorySpace = 1 << 1;
    private const byte CommandLowBits = 0x47;
    private const byte CommandHighBits = 0x05;

    private readonly byte[] _writable = new byte[PciRegister.ConfigurationSize];
    private readonly byte[] _initial = new byte[PciRegister.ConfigurationSize];
    private readonly PciBar?[] _bars = new PciBar?[PciRegister.BarCount];
    private PciFunctionState _state;

    public PciFunction(string name, in PciIdentity identity)
    {
        Name = name;
        _state.Configuration = new byte[PciRegister.ConfigurationSize];
        SetWord(PciRegister.VendorId, identity.VendorId);
        SetWord(PciRegister.DeviceId, identity.DeviceId);
        _initial[PciRegister.RevisionId] = identity.Revision;
        _initial[PciRegister.ProgrammingInterface] = (byte)identity.ClassCode;
        _initial[PciRegister.Subclass] = (byte)(identity.ClassCode >> 8);
        _initial[PciRegister.BaseClass] = (byte)(identity.ClassCode >> 16);
        SetWord(PciRegister.SubsystemVendorId, identity.SubsystemVendorId);
        SetWord(PciRegister.SubsystemId, identity.SubsystemId);
        _writable[PciRegister.Command] = CommandLowBits;
        _writable[PciRegister.Command + 1] = CommandHighBits;
        _writable[PciRegister.InterruptLine] = 0xFF;
        Reset();
    }

    /// <summary>The function's name in reports.</summary>
    public string Name { get; }

    public ref PciFunctionState State => ref _state;

    /// <summary>True while the guest lets the function answer to memory accesses.</summary>
    public bool IsMemoryEnabled => (_state.Configuration[PciRegister.Command] & MemorySpace) != 0;

    public virtual void Reset()
    {
        _initial.AsSpan().CopyTo(_state.Configuration);
        MapBars();
    }

    /// <summary>Reads 1, 2 or 4 bytes at an offset inside the 4 KiB of extended configuration space.</summary>
    public virtual uint ReadConfiguration(int offset, int size)
    {
        uint value = 0;
        for (int index = size - 1; index >= 0; index--)
        {
            int position = offset + index;
            value = (value << 8) | (position < PciRegister.ConfigurationSize ? _state.Configuration[position] : 0u);
        }

        return value;
    }

    /// <summary>Writes 1, 2 or 4 bytes; read-only bits stay.</summary>
    public virtual void WriteConfiguration(int offset, int size, uint value)
    {
        for (int index = 0; index < size && offset + index < PciRegister.ConfigurationSize; index++)
        {
            int position = offset + index;
            byte writable = _writable[position];
            byte kept = (byte)(_state.Configuration[position] & ~writable);
            _state.Configuration[position] = (byte)(kept | ((byte)(value >> (8 * index)) & writable));
        }

        bool touchesBars = offset < PciRegister.FirstBar + (PciRegister.BarCount * PciRegister.BarSize)
            && offset + size > PciRegister.FirstBar;
        bool touchesCommand = offset <= PciRegister.Command && offset + size > PciRegister.Command;
        if (touchesBars || touchesCommand)
        {
            MapBars();
        }
    }

    /// <summary>
    /// Gives the function a memory BAR; its registers answer where the guest puts it. While the VM is built only.
    /// </summary>
    protected void AddMemoryBar(int index, MmioBus bus, Device registers, ulong size, bool is64Bit) =>
        AddBar(index, new PciBar(bus.AddMovable(registers, size), size, isIo: false, is64Bit));

    /// <summary>As above for I/O ports.</summary>
    protected void AddPortBar(int index, PortBus bus, Device registers, int count) =>
        AddBar(index, new PciBar(bus.AddMovable(registers, count), (ulong)count, isIo: true, is64Bit: false));

    /// <summary>Sets a byte as it is after reset, and which of its bits the guest may change.</summary>
    protected void SetByte(int offset, byte value, byte writable = 0)
    {
        _initial[offset] = value;
        _writable[offset] = writable;
        _state.Configuration[offset] = value;
    }

    protected void SetWord(int offset, ushort value)
    {
        BinaryPrimitives.WriteUInt16LittleEndian(_initial.AsSpan(offset), value);
        BinaryPrimitives.WriteUInt16LittleEndian(_state.Configuration.AsSpan(offset), value);
    }

    private void AddBar(int index, PciBar bar)
    {
        _bars[index] = bar;
        int offset = PciRegister.FirstBar + (index * PciRegister.BarSize);
        int width = bar.Is64Bit ? 2 * PciRegister.BarSize : PciRegister.BarSize;
        for (int position = 0; position < width; position++)
        {
            SetByte(offset + position, 0, (byte)(bar.WritableBits >> (8 * position)));
        }

        _initial[offset] = bar.TypeBits;
        _state.Configuration[offset] = bar.TypeBits;
    }

    /// <summary>Puts every BAR's slot where the guest wants it, or nowhere while its decoding is off.</summary>
    private void MapBars()
    {
        byte command = _state.Configuration[PciRegister.Command];
        for (int index = 0; index < PciRegister.BarCount; index++)
        {
            PciBar? bar = _bars[index];
            if (bar is null)
            {
                continue;
            }

            ulong address = AddressOf(index, bar);
            bool isDecoded = (command & (bar.IsIo ? IoSpace : MemorySpace)) != 0 && address != 0;
            if (!isDecoded)
            {
                bar.Slot.Unmap();
            }
            else if (bar.Slot.Length == 0 || bar.Slot.Start != address)
            {
                bar.Slot.Move(address);
            }
        }
    }

    private ulong AddressOf(int index, PciBar bar)
    {
        int offset = PciRegister.FirstBar + (index * PciRegister.BarSize);
        ulong value = BinaryPrimitives.ReadUInt32LittleEndian(_state.Configuration.AsSpan(offset));
        if (bar.Is64Bit)
        {
            uint high = BinaryPrimitives.ReadUInt32LittleEndian(
                _state.Configuration.AsSpan(offset + PciRegister.BarSize));
            value |= (ulong)high << 32;
        }

        return value & bar.WritableBits;
    }
}

// SPDX-License-Identifier: MIT
namespace Hypervisor.Machine.GuestTables;

/// <summary>Writes the resources of a device: descriptors of ACPI 6.5, section 6.4.</summary>
internal sealed class ResourceWriter
{
    private const byte IrqDescriptor = 0x22;
    private const byte PortDescriptor = 0x47;
    private const byte EndDescriptor = 0x79;
    private const byte Memory32Descriptor = 0x86;
    private const byte DWordDescriptor = 0x87;
    private const byte WordDescriptor = 0x88;

    private const byte MemoryRange = 0;
    private const byte PortRange = 1;
    private const byte BusRange = 2;

    /// <summary>Decodes 16 bits.</summary>
    private const byte Decode16 = 1;

    /// <summary>Producer, positively decoded, minimum and maximum fixed.</summary>
    private const byte FixedRange = 0x0C;

    /// <summary>All ports, ISA and others.</summary>
    private const byte EntirePorts = 3;
    private const byte ReadWrite = 1;

    private readonly ByteWriter _bytes = new();

    public ResourceWriter Ports(ushort first, byte count)
    {
        _ = _bytes.Write8(PortDescriptor).Write8(Decode16).Write16(first).Write16(first).Write8(1).Write8(count);
        return this;
    }

    /// <summary>An ISA interrupt: edge-triggered, active high.</summary>
    public ResourceWriter Irq(int number)
    {
        _ = _bytes.Write8(IrqDescriptor).Write16((ushort)(1 << number));
        return this;
    }

    /// <summary>Memory that is taken at a fixed place.</summary>
    public ResourceWriter FixedMemory(uint start, uint length)
    {
        _ = _bytes.Write8(Memory32Descriptor).Write16(9).Write8(ReadWrite).Write32(start).Write32(length);
        return this;
    }

    /// <summary>Bus numbers that a bridge hands on.</summary>
    public ResourceWriter Buses(ushort first, ushort last) => WordRange(BusRange, 0, first, last);

    /// <summary>Ports that a bridge hands on.</summary>
    public ResourceWriter PortWindow(ushort first, ushort last) => WordRange(PortRange, EntirePorts, first, last);

    /// <summary>Memory that a bridge hands on, not cached.</summary>
    public ResourceWriter MemoryWindow(uint first, uint last)
    {
        _ = _bytes.Write8(DWordDescriptor).Write16(0x17).Write8(MemoryRange).Write8(FixedRange).Write8(ReadWrite);
        _ = _bytes.Write32(0).Write32(first).Write32(last).Write32(0).Write32(last - first + 1);
        return this;
    }

    /// <summary>Ends the template; a checksum of zero means that there is none.</summary>
    public ByteWriter Finish() => _bytes.Write8(EndDescriptor).Write8(0);

    private ResourceWriter WordRange(byte kind, byte flags, ushort first, ushort last)
    {
        _ = _bytes.Write8(WordDescriptor).Write16(0x0D).Write8(kind).Write8(FixedRange).Write8(flags);

        // A range of all 65536 has no length in 16 bits; nobody asks for one.
        _ = _bytes.Write16(0).Write16(first).Write16(last).Write16(0).Write16((ushort)(last - first + 1));
        return this;
    }
}

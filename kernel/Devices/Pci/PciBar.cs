// SPDX-License-Identifier: MIT
using Hypervisor.Devices.Bus;

namespace Hypervisor.Devices.Pci;

/// <summary>A base address register: how much it decodes, and the slot on the bus that follows it.</summary>
internal sealed class PciBar
{
    private const ulong IoTypeBits = 0x3;
    private const ulong MemoryTypeBits = 0xF;

    public PciBar(BusSlot slot, ulong size, bool isIo, bool is64Bit)
    {
        Slot = slot;
        Size = size;
        IsIo = isIo;
        Is64Bit = is64Bit;
    }

    public BusSlot Slot { get; }

    /// <summary>A power of two; at least 16 bytes of memory or 4 ports.</summary>
    public ulong Size { get; }

    public bool IsIo { get; }

    /// <summary>Memory only: the next register holds the upper half.</summary>
    public bool Is64Bit { get; }

    /// <summary>The read-only low bits: 1 for ports, 4 for a 64-bit memory register.</summary>
    public byte TypeBits => (byte)(IsIo ? 1 : Is64Bit ? 4 : 0);

    /// <summary>The address bits that the guest may set.</summary>
    public ulong WritableBits => ~(Size - 1) & ~(IsIo ? IoTypeBits : MemoryTypeBits);
}

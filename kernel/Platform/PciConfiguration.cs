// SPDX-License-Identifier: MIT
using Hypervisor.Memory;
using Hypervisor.X64;

namespace Hypervisor.Platform;

/// <summary>
/// The real machine's PCI configuration space by mechanism 1, an index and a data port (PCI 3.0, 3.2.2.3.2): the first
/// 256 bytes of every function, which every machine offers.
/// </summary>
public static class PciConfiguration
{
    private const ushort AddressPort = 0xcf8;
    private const ushort DataPort = 0xcfc;
    private const uint Enable = 1u << 31;

    private static readonly SharedLock s_lock = new(LockRank.Registers, "PCI configuration");

    /// <summary>
    /// Reads four bytes at an offset (a multiple of 4, below 256); all ones where there is no such function.
    /// </summary>
    public static uint Read(byte bus, byte device, byte function, byte offset)
    {
        s_lock.Acquire();
        Instructions.Out32(AddressPort, AddressOf(bus, device, function, offset));
        uint value = Instructions.In32(DataPort);
        s_lock.Release();
        return value;
    }

    /// <summary>Writes four bytes at an offset (a multiple of 4, below 256).</summary>
    public static void Write(byte bus, byte device, byte function, byte offset, uint value)
    {
        s_lock.Acquire();
        Instructions.Out32(AddressPort, AddressOf(bus, device, function, offset));
        Instructions.Out32(DataPort, value);
        s_lock.Release();
    }

    private static uint AddressOf(byte bus, byte device, byte function, byte offset) =>
        Enable | ((uint)bus << 16) | ((device & 31u) << 11) | ((function & 7u) << 8) | (offset & 0xfcu);
}

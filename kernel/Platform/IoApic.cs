// SPDX-License-Identifier: MIT
using Hypervisor.Memory;

namespace Hypervisor.Platform;

/// <summary>
/// One real IOAPIC: turns wires into messages to local APICs (Intel 82093AA data sheet, 3.0). Its registers lie behind
/// an index and a window, so every access holds a lock.
/// </summary>
public sealed class IoApic
{
    private const ulong Length = 0x20;
    private const ulong Index = 0x00;
    private const ulong Window = 0x10;
    private const uint VersionRegister = 1;
    private const uint FirstEntry = 0x10;

    private readonly RegisterBlock _registers;
    private readonly SharedLock _lock = new(LockRank.Registers, "IOAPIC");

    /// <summary>The controller at <paramref name="registers"/>; all its inputs are masked.</summary>
    public IoApic(AddressSpace space, HostPhysical registers, uint firstInterrupt)
    {
        _registers = new RegisterBlock(space.MapDevice(registers, Length), Length);
        FirstInterrupt = firstInterrupt;
        InputCount = ((Read(VersionRegister) >> 16) & 0xff) + 1;
        for (uint input = 0; input < InputCount; input++)
        {
            Write(input, IoApicEntry.Masked);
        }
    }

    /// <summary>The number, in the machine's count, of the interrupt at input 0.</summary>
    public uint FirstInterrupt { get; }

    public uint InputCount { get; }

    /// <summary>True where an interrupt of the machine arrives here.</summary>
    public bool Has(uint interrupt) => interrupt - FirstInterrupt < InputCount;

    /// <summary>What becomes of the interrupt <paramref name="interrupt"/>, which arrives here.</summary>
    public void Set(uint interrupt, IoApicEntry entry)
    {
        _lock.Acquire();
        Write(interrupt - FirstInterrupt, entry);
        _lock.Release();
    }

    /// <summary>What was set.</summary>
    public IoApicEntry Get(uint interrupt)
    {
        uint register = FirstEntry + (2 * (interrupt - FirstInterrupt));
        _lock.Acquire();
        ulong value = Read(register) | ((ulong)Read(register + 1) << 32);
        _lock.Release();
        return new IoApicEntry(value);
    }

    private void Write(uint input, IoApicEntry entry)
    {
        // Masked first: no interrupt may leave with half of the new entry.
        uint register = FirstEntry + (2 * input);
        WriteRegister(register, (uint)IoApicEntry.Masked.Value);
        WriteRegister(register + 1, (uint)(entry.Value >> 32));
        WriteRegister(register, (uint)entry.Value);
    }

    private uint Read(uint register)
    {
        _registers.Write32(Index, register);
        return _registers.Read32(Window);
    }

    private void WriteRegister(uint register, uint value)
    {
        _registers.Write32(Index, register);
        _registers.Write32(Window, value);
    }
}

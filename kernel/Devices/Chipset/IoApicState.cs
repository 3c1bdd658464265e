// SPDX-License-Identifier: MIT
namespace Hypervisor.Devices.Chipset;

/// <summary>The I/O APIC's registers.</summary>
public struct IoApicState
{
    /// <summary>IOREGSEL: the register that IOWIN reads and writes.</summary>
    public byte Select;

    /// <summary>IOAPICID, bits 27:24.</summary>
    public uint Id;

    /// <summary>The redirection table.</summary>
    public ulong[] Redirection;

    /// <summary>Levels of the input pins, bit by number.</summary>
    public uint Lines;
}

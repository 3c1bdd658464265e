// SPDX-License-Identifier: MIT
namespace Hypervisor.Platform.Acpi;

/// <summary>Where an IOAPIC is and which interrupts of the machine arrive at it.</summary>
public readonly struct IoApicDescription
{
    /// <summary>Physical address of its registers.</summary>
    public readonly ulong Address;

    /// <summary>
    /// The number of the interrupt at its first input, in the machine's count ("global system interrupt").
    /// </summary>
    public readonly uint FirstInterrupt;

    public IoApicDescription(ulong address, uint firstInterrupt)
    {
        Address = address;
        FirstInterrupt = firstInterrupt;
    }
}

// SPDX-License-Identifier: MIT
namespace Hypervisor.Platform.Acpi;

/// <summary>
/// Where an ISA interrupt arrives and how it signals (ACPI 6.4, table 5.26): polarity in bits 1:0, trigger in bits 3:2;
/// "as the bus does" is edge-triggered and active high for ISA.
/// </summary>
public readonly struct IsaOverride
{
    private const ushort ActiveLow = 3;
    private const ushort LevelTriggered = 3;

    private readonly ushort _flags;

    /// <summary>The interrupt's number in the machine's count.</summary>
    public readonly uint Interrupt;

    public IsaOverride(uint interrupt, ushort flags)
    {
        Interrupt = interrupt;
        _flags = flags;
    }

    public bool IsActiveLow => (_flags & 3) == ActiveLow;

    public bool IsLevelTriggered => ((_flags >> 2) & 3) == LevelTriggered;
}

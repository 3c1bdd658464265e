// SPDX-License-Identifier: MIT
namespace Hypervisor.Machine.GuestTables;

/// <summary>
/// What a guest may do with a stretch of its memory; the numbers are those of the e820 map (ACPI 15).
/// </summary>
public enum MemoryKind
{
    Ram = 1,
    Reserved = 2,
    AcpiReclaimable = 3,
    AcpiStorage = 4,
}

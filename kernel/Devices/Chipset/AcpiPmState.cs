// SPDX-License-Identifier: MIT
namespace Hypervisor.Devices.Chipset;

/// <summary>The ACPI fixed registers, by the names of the ACPI specification (section 4.8.3).</summary>
public struct AcpiPmState
{
    public ushort Pm1Status;
    public ushort Pm1Enable;
    public ushort Pm1Control;
    public ushort Gpe0Status;
    public ushort Gpe0Enable;

    /// <summary>The PM timer's upper bit when it was last looked at: TMR_STS reports its changes.</summary>
    public bool TimerUpperBit;
}

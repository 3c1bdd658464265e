// SPDX-License-Identifier: MIT
namespace Hypervisor.Devices;

/// <summary>
/// What a device may ask of the machine it sits in. Implemented by the Machine layer; takes effect after the exit.
/// </summary>
public abstract class MachineControl
{
    /// <summary>The guest switched its power off (ACPI S5).</summary>
    public abstract void PowerOff();

    /// <summary>
    /// The guest asked for a reset (port 0xCF9, the keyboard controller, the ACPI reset register, a triple fault).
    /// </summary>
    public abstract void Reset();

    /// <summary>
    /// A test guest has ended with <paramref name="code"/>; without a use for the code it is a power-off.
    /// </summary>
    public virtual void DebugExit(uint code) => PowerOff();
}

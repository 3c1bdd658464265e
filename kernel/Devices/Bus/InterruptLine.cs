// SPDX-License-Identifier: MIT
namespace Hypervisor.Devices.Bus;

/// <summary>
/// A wire from a device to the interrupt controllers. The device receives it as a constructor argument.
/// </summary>
public abstract class InterruptLine
{
    /// <summary>Drives the wire: true is asserted. Repeating a level is harmless.</summary>
    public abstract void Set(bool asserted);

    /// <summary>A short pulse, for edge-triggered sources.</summary>
    public void Pulse()
    {
        Set(true);
        Set(false);
    }
}

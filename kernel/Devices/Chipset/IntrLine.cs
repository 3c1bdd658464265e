// SPDX-License-Identifier: MIT
using Hypervisor.Devices.Bus;

namespace Hypervisor.Devices.Chipset;

/// <summary>INTR: from the PIC's output to every local APIC's LINT0.</summary>
internal sealed class IntrLine : InterruptLine
{
    private readonly ApicBus _bus;

    public IntrLine(ApicBus bus)
    {
        _bus = bus;
    }

    public override void Set(bool asserted)
    {
        if (asserted)
        {
            _bus.ExternalRaised();
        }
    }
}

// SPDX-License-Identifier: MIT
using Hypervisor.Virtualization;

namespace Hypervisor.Devices.Chipset;

/// <summary>The alarm of the PM timer's overflow.</summary>
internal sealed class AcpiPmTimer : VirtualTimer
{
    private readonly AcpiPm _pm;

    public AcpiPmTimer(AcpiPm pm)
    {
        _pm = pm;
    }

    public override void Fire(ulong now) => _pm.Expire();
}

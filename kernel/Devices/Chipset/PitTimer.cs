// SPDX-License-Identifier: MIT
using Hypervisor.Virtualization;

namespace Hypervisor.Devices.Chipset;

/// <summary>The alarm of the PIT's counter 0.</summary>
internal sealed class PitTimer : VirtualTimer
{
    private readonly Pit8254 _pit;

    public PitTimer(Pit8254 pit)
    {
        _pit = pit;
    }

    public override void Fire(ulong now) => _pit.Expire();
}

// SPDX-License-Identifier: MIT
using Hypervisor.Platform;

namespace Hypervisor.Machine;

/// <summary>Tells the supervisor that a slot's deadline has passed.</summary>
internal sealed class WakeAlarm : Alarm
{
    private readonly MachineSlot _slot;

    public WakeAlarm(MachineSlot slot)
    {
        _slot = slot;
    }

    public override void Fire(ulong now) => _slot.Post(MachineEvents.DeadlinePassed);
}

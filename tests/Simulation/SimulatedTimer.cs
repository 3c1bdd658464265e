// SPDX-License-Identifier: MIT
using Hypervisor.Memory;
using Hypervisor.Platform;

namespace Hypervisor.Simulated;

/// <summary>The timer of a simulated processor, which only that processor can program.</summary>
internal sealed class SimulatedTimer : TimerHardware
{
    /// <summary>Its processor, once that is made.</summary>
    public Processor? Owner { get; set; }

    /// <summary>When it interrupts.</summary>
    public ulong Due { get; set; } = ulong.MaxValue;

    public override void Arm(ulong moment)
    {
        BrokenRule.Unless(Owner == CurrentProcessor.Owner, "another processor programs the timer");
        Due = moment;
    }

    public override void Disarm()
    {
        BrokenRule.Unless(Owner == CurrentProcessor.Owner, "another processor programs the timer");
        Due = ulong.MaxValue;
    }
}

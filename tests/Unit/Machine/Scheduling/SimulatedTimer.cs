// SPDX-License-Identifier: MIT
using Hypervisor.Memory;
using Hypervisor.Platform;
using Xunit;

namespace Hypervisor.Unit.Machine.Scheduling;

/// <summary>The timer of a simulated processor, which only that processor can program.</summary>
internal sealed class SimulatedTimer : TimerHardware
{
    /// <summary>Its processor, once that is made.</summary>
    public Processor? Owner { get; set; }

    /// <summary>When it interrupts.</summary>
    public ulong Due { get; set; } = ulong.MaxValue;

    public override void Arm(ulong moment)
    {
        Assert.Same(Owner, CurrentProcessor.Owner);
        Due = moment;
    }

    public override void Disarm()
    {
        Assert.Same(Owner, CurrentProcessor.Owner);
        Due = ulong.MaxValue;
    }
}

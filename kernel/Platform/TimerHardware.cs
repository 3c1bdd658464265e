// SPDX-License-Identifier: MIT
namespace Hypervisor.Platform;

/// <summary>The timer of one processor that interrupts it once at a given moment.</summary>
public abstract class TimerHardware
{
    /// <summary>
    /// Interrupts at <paramref name="moment"/> of the host clock, at once where that has passed; it may come early,
    /// where the hardware cannot wait so long. Replaces what was armed before.
    /// </summary>
    public abstract void Arm(ulong moment);

    /// <summary>No interrupt until the next <see cref="Arm"/>; one that is on its way may still come.</summary>
    public abstract void Disarm();
}

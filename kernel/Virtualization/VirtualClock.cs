// SPDX-License-Identifier: MIT
namespace Hypervisor.Virtualization;

/// <summary>
/// The time of one VM, and the only door through which time enters it: it stands still while the VM is frozen.
/// Devices take it as a constructor argument; tests give them a clock that they turn by hand.
/// </summary>
public abstract class VirtualClock
{
    /// <summary>Nanoseconds since the VM was started, frozen time left out. Never goes back.</summary>
    public abstract ulong Nanoseconds { get; }

    /// <summary>What RDTSC gives the guest now.</summary>
    public abstract ulong TimestampCounter { get; }

    /// <summary>The guest's TSC rate in Hz.</summary>
    public abstract ulong TimestampFrequency { get; }

    /// <summary>The rate in Hz of the TSC of the processor under it.</summary>
    public abstract ulong ProcessorTimestampFrequency { get; }

    /// <summary>Seconds since 1970-01-01T00:00:00Z, for the RTC and the paravirtual wall clock.</summary>
    public abstract ulong UnixSeconds { get; }

    /// <summary>
    /// Arms <paramref name="timer"/> for the given moment of <see cref="Nanoseconds"/>; a moment that has passed fires
    /// as soon as the VM runs. Arming an armed timer moves it. Never allocates.
    /// </summary>
    public abstract void Arm(VirtualTimer timer, ulong deadline);

    /// <summary>Disarms <paramref name="timer"/>; one that is not armed stays so.</summary>
    public abstract void Cancel(VirtualTimer timer);
}

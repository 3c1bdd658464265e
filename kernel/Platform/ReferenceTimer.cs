// SPDX-License-Identifier: MIT
namespace Hypervisor.Platform;

/// <summary>A timer of known rate that other clocks are measured against at boot.</summary>
public abstract class ReferenceTimer
{
    /// <summary>Counts per second.</summary>
    public abstract ulong Frequency { get; }

    /// <summary>Starts anew; <see cref="Elapsed"/> is 0 now.</summary>
    public abstract void Start();

    /// <summary>
    /// Counts since <see cref="Start"/>. Right as long as it is asked again before the counter has gone once around.
    /// </summary>
    public abstract ulong Elapsed { get; }
}

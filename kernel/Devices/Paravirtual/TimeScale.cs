// SPDX-License-Identifier: MIT
namespace Hypervisor.Devices.Paravirtual;

/// <summary>Multiplier and shift that turn ticks of a rate into nanoseconds, as KVM's clock wants them.</summary>
public readonly struct TimeScale
{
    private const ulong NanosecondsPerSecond = 1_000_000_000;

    public readonly uint Multiplier;
    public readonly sbyte Shift;

    /// <param name="frequency">The TSC's rate in Hz, above 0.</param>
    public TimeScale(ulong frequency)
    {
        // The rate is brought into (10^9, 2 * 10^9], so that the multiplier uses its 32 bits best.
        int shift = 0;
        ulong rate = frequency;
        while (rate > 2 * NanosecondsPerSecond)
        {
            rate >>= 1;
            shift--;
        }

        while (rate <= NanosecondsPerSecond && shift < 31)
        {
            rate <<= 1;
            shift++;
        }

        Multiplier = (uint)((NanosecondsPerSecond << 32) / rate);
        Shift = (sbyte)shift;
    }
}

// SPDX-License-Identifier: MIT
namespace Hypervisor.Devices.Chipset;

/// <summary>Turns times into ticks of an oscillator and back, exactly and without overflow.</summary>
public static class Frequency
{
    public const ulong NanosecondsPerSecond = 1_000_000_000;

    /// <summary>The highest rate that the arithmetic here takes, in Hz.</summary>
    public const ulong Highest = 18_000_000_000;

    /// <summary>
    /// Whole ticks of <paramref name="hertz"/> (up to <see cref="Highest"/>) in the given nanoseconds.
    /// </summary>
    public static ulong TicksIn(ulong nanoseconds, ulong hertz)
    {
        ulong seconds = nanoseconds / NanosecondsPerSecond;
        ulong rest = nanoseconds % NanosecondsPerSecond;
        return (seconds * hertz) + (rest * hertz / NanosecondsPerSecond);
    }

    /// <summary>
    /// Nanoseconds after which <paramref name="ticks"/> have passed, rounded up; saturates at the largest number.
    /// </summary>
    public static ulong NanosecondsFor(ulong ticks, ulong hertz)
    {
        ulong seconds = ticks / hertz;
        ulong rest = ticks % hertz;
        if (seconds >= (ulong.MaxValue / NanosecondsPerSecond) - 1)
        {
            return ulong.MaxValue;
        }

        return (seconds * NanosecondsPerSecond) + (((rest * NanosecondsPerSecond) + hertz - 1) / hertz);
    }
}

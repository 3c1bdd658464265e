// SPDX-License-Identifier: MIT
using System;
using System.Runtime.CompilerServices;

namespace Hypervisor.Platform;

/// <summary>
/// How much faster one clock runs than another: a fixed-point number with 32 bits of fraction, by which counts of the
/// one become counts of the other. Of a clock below 4 GHz it is wrong by less than a tick a second.
/// </summary>
public readonly struct ClockRatio
{
    public const int FractionBits = 32;

    /// <summary>
    /// So many counts to <paramref name="denominator"/>, rounded down. The denominator is below 2^63, the quotient
    /// below 2^32.
    /// </summary>
    public ClockRatio(ulong numerator, ulong denominator)
    {
        // By hand, because (numerator << 32) / denominator is a division of more than 64 bits.
        ulong ratio = numerator / denominator;
        ulong rest = numerator % denominator;
        for (int bit = 0; bit < FractionBits; bit++)
        {
            rest <<= 1;
            ratio <<= 1;
            if (rest >= denominator)
            {
                rest -= denominator;
                ratio |= 1;
            }
        }

        Value = ratio;
    }

    /// <summary>The ratio times 2^32.</summary>
    public ulong Value { get; }

    /// <summary>The count of the one clock for a count of the other: rounded down, modulo 2^64.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public ulong Scale(ulong count)
    {
        ulong high = Math.BigMul(count, Value, out ulong low);
        return (high << (64 - FractionBits)) | (low >> FractionBits);
    }
}

// SPDX-License-Identifier: MIT
using System.Runtime.CompilerServices;

namespace System.Numerics;

public static class BitOperations
{
    public static bool IsPow2(int value) => value > 0 && (value & (value - 1)) == 0;

    public static bool IsPow2(uint value) => value != 0 && (value & (value - 1)) == 0;

    public static bool IsPow2(long value) => value > 0 && (value & (value - 1)) == 0;

    public static bool IsPow2(ulong value) => value != 0 && (value & (value - 1)) == 0;

    public static uint RoundUpToPowerOf2(uint value) =>
        value <= 1 ? value : (uint)(0x1_0000_0000UL >> LeadingZeroCount(value - 1));

    public static ulong RoundUpToPowerOf2(ulong value) =>
        value <= 1 ? value : value > 1UL << 63 ? 0 : 1UL << (64 - LeadingZeroCount(value - 1));

    [Intrinsic]
    public static int LeadingZeroCount(uint value) => value == 0 ? 32 : 31 - Log2(value);

    [Intrinsic]
    public static int LeadingZeroCount(ulong value) => value == 0 ? 64 : 63 - Log2(value);

    [Intrinsic]
    public static int TrailingZeroCount(int value) => TrailingZeroCount((uint)value);

    [Intrinsic]
    public static int TrailingZeroCount(uint value) => value == 0 ? 32 : Log2(value & (~value + 1));

    [Intrinsic]
    public static int TrailingZeroCount(long value) => TrailingZeroCount((ulong)value);

    [Intrinsic]
    public static int TrailingZeroCount(ulong value) => value == 0 ? 64 : Log2(value & (~value + 1));

    /// <summary>The number of the highest bit that is set; 0 for 0.</summary>
    public static int Log2(uint value) => Log2((ulong)value);

    /// <summary>The number of the highest bit that is set; 0 for 0.</summary>
    public static int Log2(ulong value)
    {
        int result = 0;
        for (int step = 32; step != 0; step >>= 1)
        {
            if (value >> step != 0)
            {
                value >>= step;
                result += step;
            }
        }
        return result;
    }

    [Intrinsic]
    public static int PopCount(uint value) => PopCount((ulong)value);

    [Intrinsic]
    public static int PopCount(ulong value)
    {
        value -= (value >> 1) & 0x5555555555555555;
        value = (value & 0x3333333333333333) + ((value >> 2) & 0x3333333333333333);
        value = (value + (value >> 4)) & 0x0f0f0f0f0f0f0f0f;
        return (int)(unchecked(value * 0x0101010101010101) >> 56);
    }

    [Intrinsic]
    public static uint RotateLeft(uint value, int offset) => (value << offset) | (value >> (32 - offset));

    [Intrinsic]
    public static ulong RotateLeft(ulong value, int offset) => (value << offset) | (value >> (64 - offset));

    [Intrinsic]
    public static uint RotateRight(uint value, int offset) => (value >> offset) | (value << (32 - offset));

    [Intrinsic]
    public static ulong RotateRight(ulong value, int offset) => (value >> offset) | (value << (64 - offset));
}

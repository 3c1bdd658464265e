// SPDX-License-Identifier: MIT
namespace System;

public static class Math
{
    public static int Abs(int value) => value >= 0 ? value : checked(-value);

    public static long Abs(long value) => value >= 0 ? value : checked(-value);

    public static byte Min(byte val1, byte val2) => val1 <= val2 ? val1 : val2;

    public static ushort Min(ushort val1, ushort val2) => val1 <= val2 ? val1 : val2;

    public static int Min(int val1, int val2) => val1 <= val2 ? val1 : val2;

    public static uint Min(uint val1, uint val2) => val1 <= val2 ? val1 : val2;

    public static long Min(long val1, long val2) => val1 <= val2 ? val1 : val2;

    public static ulong Min(ulong val1, ulong val2) => val1 <= val2 ? val1 : val2;

    public static nint Min(nint val1, nint val2) => val1 <= val2 ? val1 : val2;

    public static nuint Min(nuint val1, nuint val2) => val1 <= val2 ? val1 : val2;

    public static byte Max(byte val1, byte val2) => val1 >= val2 ? val1 : val2;

    public static ushort Max(ushort val1, ushort val2) => val1 >= val2 ? val1 : val2;

    public static int Max(int val1, int val2) => val1 >= val2 ? val1 : val2;

    public static uint Max(uint val1, uint val2) => val1 >= val2 ? val1 : val2;

    public static long Max(long val1, long val2) => val1 >= val2 ? val1 : val2;

    public static ulong Max(ulong val1, ulong val2) => val1 >= val2 ? val1 : val2;

    public static nint Max(nint val1, nint val2) => val1 >= val2 ? val1 : val2;

    public static nuint Max(nuint val1, nuint val2) => val1 >= val2 ? val1 : val2;

    public static int Clamp(int value, int min, int max) => Max(min, Min(value, max));

    public static uint Clamp(uint value, uint min, uint max) => Max(min, Min(value, max));

    public static long Clamp(long value, long min, long max) => Max(min, Min(value, max));

    public static ulong Clamp(ulong value, ulong min, ulong max) => Max(min, Min(value, max));

    public static int Sign(int value) => value > 0 ? 1 : value < 0 ? -1 : 0;

    public static (int Quotient, int Remainder) DivRem(int left, int right)
    {
        int quotient = left / right;
        return (quotient, left - (quotient * right));
    }

    public static (uint Quotient, uint Remainder) DivRem(uint left, uint right)
    {
        uint quotient = left / right;
        return (quotient, left - (quotient * right));
    }

    public static (long Quotient, long Remainder) DivRem(long left, long right)
    {
        long quotient = left / right;
        return (quotient, left - (quotient * right));
    }

    public static (ulong Quotient, ulong Remainder) DivRem(ulong left, ulong right)
    {
        ulong quotient = left / right;
        return (quotient, left - (quotient * right));
    }

    /// <summary>The high 64 bits of the 128-bit product; <paramref name="low"/> receives the low ones.</summary>
    public static ulong BigMul(ulong a, ulong b, out ulong low)
    {
        ulong aLow = (uint)a;
        ulong aHigh = a >> 32;
        ulong bLow = (uint)b;
        ulong bHigh = b >> 32;
        ulong middle = (aHigh * bLow) + ((aLow * bLow) >> 32);
        ulong carry = (aLow * bHigh) + (uint)middle;
        low = unchecked(a * b);
        return (aHigh * bHigh) + (middle >> 32) + (carry >> 32);
    }

    public static ulong BigMul(uint a, uint b) => (ulong)a * b;
}
